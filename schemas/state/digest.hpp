// SHA-256: names for files, made from texts of any length and content, and what tells two contents apart.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ferry {

// A digest of bytes that come piece by piece.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::string_view bytes);
    std::string hex(); // 64 digits; once, at the end

  private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string sha256(std::string_view text);       // 64 hex digits
std::string short_digest(std::string_view text); // the first 32 of them

} // namespace ferry
