#include "document/glob.hpp"

#include "document/text.hpp"

#include <cstdint>
#include <optional>

namespace ferry {
namespace {

constexpr std::string_view magic = "*?[";

// Whether one of `[*]`, `[?]` and `[[]` stands there.
bool literal_at(std::string_view text, std::size_t at) {
    return at + 2 < text.size() && text[at] == '[' && magic.find(text[at + 1]) != std::string_view::npos &&
           text[at + 2] == ']';
}

// The next character: a code point of UTF-8, or a single byte moved out of the range of code points.
std::uint32_t next_character(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead >= 0x80 && (length == 1 || !is_utf8(text.substr(at, length)) || at + length > text.size())) {
        ++at;
        return 0x110000u + lead;
    }
    std::uint32_t value = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i)
        value = (value << 6u) | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
    at += length;
    return value;
}

// A class that begins at pattern[at], which is '['. Answers whether it holds the character and moves past it; nullopt
// if it has no end.
std::optional<bool> match_class(std::string_view pattern, std::size_t& at, std::uint32_t character) {
    std::size_t pos = at + 1;
    const bool negated = pos < pattern.size() && (pattern[pos] == '!' || pattern[pos] == '^');
    if (negated)
        ++pos;
    bool found = false;
    for (bool first = true; pos < pattern.size(); first = false) {
        if (pattern[pos] == ']' && !first) {
            at = pos + 1;
            return found != negated;
        }
        const std::uint32_t low = next_character(pattern, pos);
        std::uint32_t high = low;
        if (pos + 1 < pattern.size() && pattern[pos] == '-' && pattern[pos + 1] != ']') {
            ++pos;
            high = next_character(pattern, pos);
        }
        found = found || (low <= character && character <= high);
    }
    return std::nullopt;
}

// Matches one character of the name against the element at pattern[p], which is no star; moves past both.
bool match_one(std::string_view pattern, std::size_t& p, std::string_view name, std::size_t& n) {
    const std::uint32_t character = next_character(name, n);
    if (pattern[p] == '?') {
        ++p;
        return true;
    }
    if (pattern[p] == '[') {
        if (const auto held = match_class(pattern, p, character))
            return *held;
    }
    return next_character(pattern, p) == character;
}

} // namespace

bool is_glob(std::string_view text) {
    for (std::size_t at = text.find_first_of(magic); at != std::string_view::npos; at = text.find_first_of(magic, at)) {
        if (!literal_at(text, at))
            return true;
        at += 3;
    }
    return false;
}

std::string as_literal(std::string_view text) {
    std::string pattern;
    for (const char c : text)
        pattern += magic.find(c) == std::string_view::npos ? std::string(1, c) : std::string{'[', c, ']'};
    return pattern;
}

std::string literal_of(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (literal_at(text, at)) {
            plain += text[at + 1];
            at += 2;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

bool matches_name(std::string_view pattern, std::string_view name) {
    if (name.starts_with('.') && !pattern.starts_with('.'))
        return false;
    std::size_t p = 0;
    std::size_t n = 0;
    // On a mismatch the last star takes one character more; earlier stars never need to be tried again.
    std::size_t star = std::string_view::npos;
    std::size_t star_name = 0;
    while (n < name.size() || p < pattern.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_name = n;
            continue;
        }
        if (p < pattern.size() && n < name.size() && match_one(pattern, p, name, n))
            continue;
        if (star == std::string_view::npos || star_name >= name.size())
            return false;
        next_character(name, star_name);
        n = star_name;
        p = star + 1;
    }
    return true;
}

} // namespace ferry
