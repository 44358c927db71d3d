#include "transfer/numbered_name.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace ferry {
namespace {

constexpr std::size_t longest_ending = 12; // "fasta", "narrowPeak"

// Endings of packed files, and of files that stand beside another one.
constexpr std::array<std::string_view, 23> outer_endings{"gz",  "bgz", "bz2", "xz",   "zst",  "lz4",    "lzma",  "z",
                                                         "zip", "gpg", "enc", "c4gh", "bai",  "csi",    "tbi",   "crai",
                                                         "fai", "gzi", "idx", "md5",  "sha1", "sha256", "sha512"};

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

// Without its dot.
bool is_ending(std::string_view text) {
    return !text.empty() && text.size() <= longest_ending && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

// One that may stand before another: "sample.1.gz" has none.
bool is_inner_ending(std::string_view text) {
    return is_ending(text) && is_letter(text.front());
}

bool is_outer(std::string_view ending) {
    return std::any_of(outer_endings.begin(), outer_endings.end(), [&](std::string_view outer) {
        return std::equal(outer.begin(), outer.end(), ending.begin(), ending.end(), [](char a, char b) {
            return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
        });
    });
}

// Where the ending begins, with its dot; the name's size if it has none.
std::size_t ending_of(std::string_view name) {
    std::size_t begin = name.size();
    for (;;) {
        const std::string_view rest = name.substr(0, begin);
        const std::size_t dot = rest.rfind('.');
        if (dot == std::string_view::npos || dot == 0)
            return begin;
        const std::string_view ending = rest.substr(dot + 1);
        const bool last = begin == name.size();
        if (last ? !is_ending(ending) : !is_inner_ending(ending))
            return begin;
        begin = dot;
        if (!is_outer(ending))
            return begin;
    }
}

} // namespace

std::string numbered_name(std::string_view name, unsigned number) {
    const std::size_t ending = ending_of(name);
    return std::string(name.substr(0, ending)) + '_' + std::to_string(number) + std::string(name.substr(ending));
}

} // namespace ferry
