// Which rows need no look of their own: 100,000 rows shall start within a second.
#pragma once

#include "batch/row_text.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_set>

namespace ferry {

// Sorts values into classes (numbers, words, lines of plain characters, other texts) and tries with a few samples of a
// class whether the checks admit whatever stands in a column. Where they do, rows that differ only there are fine
// together; where they do not (a column that fills a choice, say), and for values that are empty or long, rows must be
// the same to be.
class CheckMemo {
  public:
    using Check = std::function<bool(const RowValues&)>; // true: nothing is wrong with these values

    explicit CheckMemo(Check check) : check_(std::move(check)) {}

    // True if such a row was found to be fine.
    bool known(const RowValues& row) const;
    // The checks found the row to be fine. Tries out what is not known yet of its columns.
    void remember(const RowValues& row);

  private:
    static constexpr std::size_t kClasses = 4;
    enum class Trust { unknown, any, exact };

    std::uint64_t key(const RowValues& row) const;
    Trust try_out(RowValues row, std::size_t column, std::size_t number) const;

    Check check_;
    std::map<std::string, std::array<Trust, kClasses>> columns_;
    std::unordered_set<std::uint64_t> fine_;
};

} // namespace ferry
