#include "plugins/error_text.hpp"

#include "document/text.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace ferry {
namespace {

template <std::size_t Size> std::string_view bounded(const char (&text)[Size]) {
    return {text, ::strnlen(text, Size)};
}

template <std::size_t Size> void fill(char (&to)[Size], std::string_view from) {
    std::size_t size = std::min(from.size(), Size - 1);
    if (size < from.size()) // not in the middle of a character
        while (size > 0 && (static_cast<unsigned char>(from[size]) & 0xC0u) == 0x80u)
            --size;
    std::copy_n(from.data(), size, to);
    to[size] = '\0';
}

} // namespace

ferry_error empty_error() {
    ferry_error error{};
    error.struct_size = sizeof error;
    return error;
}

std::string message_of(const ferry_error& error) {
    std::string_view rest = bounded(error.message);
    std::string text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        if (line.empty())
            continue;
        if (!text.empty())
            text += '\n';
        text += printable(line, sizeof error.message);
    }
    return text;
}

std::string kind_of(const ferry_error& error) {
    const std::string_view kind = bounded(error.kind);
    const auto word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; };
    if (kind.empty() || !std::all_of(kind.begin(), kind.end(), word))
        return "failed";
    return std::string(kind);
}

void set_error(ferry_error* error, int32_t code, std::string_view kind, std::string_view message) {
    if (!error)
        return;
    error->code = code;
    fill(error->kind, kind);
    fill(error->message, message);
}

} // namespace ferry
