// Text across the C ABI: what comes from the other side may be null, unterminated or not UTF-8.
#pragma once

#include "document/text.hpp"
#include "ferry_plugin.h"

#include <optional>
#include <string>
#include <string_view>

namespace ferry {

inline ferry_string to_abi(std::string_view text) {
    return {text.data(), text.size()};
}

// The text if it is whole and UTF-8. Null data with size 0 is the empty text.
inline std::optional<std::string_view> from_abi(ferry_string text) {
    if (text.size == 0)
        return std::string_view();
    if (!text.data)
        return std::nullopt;
    const std::string_view view(text.data, text.size);
    return is_utf8(view) ? std::optional(view) : std::nullopt;
}

// The same for showing to people: what is not text is empty, control bytes are escaped, long text is cut.
inline std::string printable_abi(ferry_string text, std::size_t limit = 1024) {
    return text.size == 0 || !text.data ? std::string() : printable({text.data, text.size}, limit);
}

} // namespace ferry
