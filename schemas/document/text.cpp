#include "document/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <vector>

namespace ferry {

namespace {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t bytes = 0; // 0: not valid UTF-8 here
};

std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    if (lead >= 0xF0 && lead <= 0xF4)
        return 4;
    return 0;
}

CodePoint decode(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = sequence_length(lead);
    if (length == 0 || at + length > text.size())
        return {};
    if (length == 1)
        return {lead, 1};
    std::uint32_t value = lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xC0u) != 0x80u)
            return {};
        value = (value << 6u) | (next & 0x3Fu);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (overlong || surrogate || value > 0x10FFFF)
        return {};
    return {value, length};
}

// Control characters, and the format characters that reorder or hide text on a screen.
bool steers_terminal(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string escaped(const CodePoint& c, unsigned char byte) {
    char text[16];
    if (c.bytes > 1)
        std::snprintf(text, sizeof text, "\\u{%04X}", static_cast<unsigned>(c.value));
    else
        std::snprintf(text, sizeof text, "\\x%02X", static_cast<unsigned>(byte));
    return text;
}

std::string in_lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// Two neighbours swapped, the commonest slip of all, count as one edit.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            row[j + 1] = std::min({row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1)});
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
                row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

} // namespace

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    std::size_t cut = 0; // where "..." still fits
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decode(text, at);
        if (c.bytes > 0 && !steers_terminal(c.value))
            out += text.substr(at, c.bytes);
        else
            out += escaped(c, static_cast<unsigned char>(text[at]));
        if (out.size() > limit)
            return out.substr(0, cut) + "...";
        if (out.size() + 3 <= limit)
            cut = out.size();
        at += std::max<std::size_t>(c.bytes, 1);
    }
    return out;
}

std::string quiet_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t at = 0; at < json.size();) {
        const CodePoint c = decode(json, at);
        const std::size_t bytes = std::max<std::size_t>(c.bytes, 1);
        // Outside of texts JSON has no such characters but white space; all are of the first 65,536.
        if (c.value >= 0x7F && steers_terminal(c.value)) {
            char text[8];
            std::snprintf(text, sizeof text, "\\u%04X", static_cast<unsigned>(c.value & 0xFFFFu));
            out += text;
        } else {
            out += json.substr(at, bytes);
        }
        at += bytes;
    }
    return out;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decode(text, at);
        if (c.bytes == 0)
            return false;
        at += c.bytes;
    }
    return true;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    constexpr std::size_t longest = 200; // the distance costs the product of both lengths
    constexpr std::size_t most_candidates = 1000;
    if (word.size() > longest)
        return {};
    const std::string small_word = in_lower_case(word);
    const std::size_t allowed = std::max<std::size_t>(1, word.size() / 3);
    std::size_t best = allowed + 1;
    std::string found;
    for (const std::string& candidate : candidates.first(std::min(candidates.size(), most_candidates))) {
        if (candidate.size() > longest)
            continue;
        const std::size_t distance = edit_distance(small_word, in_lower_case(candidate));
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

} // namespace ferry
