#include "batch/check_memo.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace ferry {

namespace {

constexpr std::size_t kMostKept = 10'000; // kinds of rows; memory stays flat
constexpr std::size_t kMostColumns = 200; // that are tried out
constexpr std::size_t kLongestWord = 64;  // in bytes
constexpr std::size_t kLongestLine = 1000;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
constexpr std::string_view kLine = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:=+,@% ";

bool only(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

// 0: a short number, 1: a word with a letter first, 2: plain characters with a letter or slash first, 3: anything else.
std::optional<std::size_t> class_of(std::string_view text) {
    if (text.empty() || text.size() > kLongestLine)
        return std::nullopt;
    const char first = text.front();
    const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    if (text.size() <= 9 && only(text, kDigits))
        return 0;
    if (text == "true" || text == "false" || text == "null") // JSON of another type, perhaps
        return 3;
    if (letter && text.size() <= kLongestWord && only(text, kWord))
        return 1;
    return (letter || first == '/') && only(text, kLine) ? 2 : 3;
}

const std::vector<std::string>& samples_of(std::size_t number) {
    static const std::vector<std::vector<std::string>> samples = {
        {"0", "7", "0042", "999999999"},
        {"q", "Kz-3_w.9a", "x.", "n" + std::string(kLongestWord - 1, '-')},
        {"/", "v w", "s3:/q=1,b@c%20+d/", "J" + std::string(kLongestLine - 1, '.')},
        {" ", "-x", "*", "[a-z]?", "${x}", "$(x)", "a\"b'c", "\\", "two\nlines\t", "\x1B[m", "\xC3\xA4\xE6\xBC\xA2",
         "..", "{}", "[1]", "null", "true", "-1.5e300", "12345678901", "~" + std::string(kLongestLine - 1, '(')},
    };
    return samples[number];
}

} // namespace

std::uint64_t CheckMemo::key(const RowValues& row) const {
    RowValues kinds;
    for (const auto& [name, value] : row) {
        const auto number = class_of(value);
        const auto column = columns_.find(name);
        const bool any = number && column != columns_.end() && column->second[*number] == Trust::any;
        // A name is as good a place for the class as any: it is no part of a variable's.
        kinds.emplace_back(any ? name + "/" + std::to_string(*number) : name, any ? std::string() : value);
    }
    return row_hash(kinds);
}

bool CheckMemo::known(const RowValues& row) const {
    return fine_.count(key(row)) > 0;
}

CheckMemo::Trust CheckMemo::try_out(RowValues row, std::size_t column, std::size_t number) const {
    for (const std::string& sample : samples_of(number)) {
        row[column].second = sample;
        if (!check_(row))
            return Trust::exact;
    }
    return Trust::any;
}

void CheckMemo::remember(const RowValues& row) {
    for (std::size_t i = 0; i < row.size() && row.size() <= kMostColumns; ++i) {
        const auto number = class_of(row[i].second);
        if (!number)
            continue;
        Trust& trust = columns_[row[i].first][*number];
        if (trust == Trust::unknown)
            trust = try_out(row, i, *number);
    }
    if (fine_.size() >= kMostKept)
        fine_.clear();
    fine_.insert(key(row));
}

} // namespace ferry
