// The regular expressions of schemas, with std::regex kept to one unit.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace ferry {

// std::regex recurses once a character and overflows the stack on long texts: a place with a `pattern` admits no text
// longer than this, in bytes. Small enough for the wide stack frames of a sanitizer build.
inline constexpr std::size_t kLongestPatternText = 1024;

// Immutable, cheap to copy, used by any number of threads at once.
class Pattern {
  public:
    // nullopt if it does not compile (as ECMAScript, like draft 7 asks).
    static std::optional<Pattern> compile(const std::string& text);

    // True if it is found anywhere in the text; false for a text that is too long.
    bool found_in(const std::string& text) const;

  private:
    struct Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

} // namespace ferry
