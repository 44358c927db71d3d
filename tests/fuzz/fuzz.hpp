// What the fuzz targets share: properties that abort when they do not hold, and bytes taken apart.
#pragma once

#include "document/text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace ferry::fuzz {

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// A property of the code under test. `detail` must be fit for the terminal.
inline void require(bool holds, const char* property, std::string_view detail = {}) {
    if (holds)
        return;
    std::cerr << "this does not hold: " << property << '\n' << detail << std::endl;
    std::abort();
}

// Text for people steers no terminal, whatever it quotes. `lines`: it may have line ends.
inline void require_plain(std::string_view text, const char* what, bool lines = false) {
    std::string flat(text);
    if (lines)
        for (char& c : flat)
            c = c == '\n' ? ' ' : c;
    const std::string shown = printable(flat, flat.size() * 8 + 8);
    require(shown == flat, what, shown);
}

// Visible ASCII alone.
inline bool is_word(std::string_view text) {
    for (const char c : text)
        if (c <= 0x20 || c >= 0x7f)
            return false;
    return true;
}

// Takes an input apart from its front; what is missing is 0 or empty.
class Bytes {
  public:
    explicit Bytes(std::string_view rest) : rest_(rest) {}

    std::uint8_t byte() {
        if (rest_.empty())
            return 0;
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    std::size_t number(std::size_t bytes) {
        std::size_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i)
            value = value << 8 | byte();
        return value;
    }
    // Up to that many bytes, or up to the next zero byte, which goes away.
    std::string_view take(std::size_t size) {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(taken.size());
        return taken;
    }
    std::string_view text() {
        const std::string_view taken = take(rest_.find('\0'));
        rest_.remove_prefix(rest_.empty() ? 0 : 1);
        return taken;
    }
    std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

} // namespace ferry::fuzz
