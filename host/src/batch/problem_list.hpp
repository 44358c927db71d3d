// What is wrong with many rows, told briefly: the same words once, with the rows that they are true of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace ferry {

// "rows 4, 9, 17 and 3 more", "row 4": of the numbers of the first ones and how many there are.
std::string rows_text(const std::vector<std::uint64_t>& first, std::uint64_t count);

// Keeps a bounded number of different problems; the others are only counted.
class ProblemList {
  public:
    struct Problem {
        std::string text;
        std::uint64_t count = 0;
        std::vector<std::uint64_t> first; // the first few rows; empty: it belongs to no row
        std::string place;                // of the first one
    };

    explicit ProblemList(std::size_t most) : most_(most) {}
    // `row` 0: of no row. `place` is what differs between rows with the same problem.
    void add(const std::string& text, std::uint64_t row, const std::string& place = {});

    const std::vector<Problem>& problems() const { return problems_; } // in the order of their first rows
    std::uint64_t not_kept() const { return not_kept_; }
    bool empty() const { return problems_.empty(); }

  private:
    std::size_t most_;
    std::vector<Problem> problems_;
    std::unordered_map<std::string, std::size_t> by_text_;
    std::uint64_t not_kept_ = 0;
};

} // namespace ferry
