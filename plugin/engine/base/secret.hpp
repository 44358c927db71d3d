// A text that must never be printed. Streams, logs and messages can only reach it by naming reveal().
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace ferry {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    bool empty() const noexcept { return text_.empty(); }
    // The text itself: for request headers and nothing else.
    std::string_view reveal() const noexcept { return text_; }

  private:
    std::string text_;
};

} // namespace ferry
