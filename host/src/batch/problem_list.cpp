#include "batch/problem_list.hpp"

namespace ferry {

namespace {

constexpr std::size_t kRowsShown = 5;

} // namespace

std::string rows_text(const std::vector<std::uint64_t>& first, std::uint64_t count) {
    std::string text = count == 1 ? "row " : "rows ";
    for (std::size_t i = 0; i < first.size(); ++i)
        text += (i == 0                                           ? ""
                 : i + 1 == first.size() && count == first.size() ? " and "
                                                                  : ", ") +
                std::to_string(first[i]);
    return count > first.size() ? text + " and " + std::to_string(count - first.size()) + " more" : text;
}

void ProblemList::add(const std::string& text, std::uint64_t row, const std::string& place) {
    auto found = by_text_.find(text);
    if (found == by_text_.end()) {
        if (problems_.size() == most_) {
            ++not_kept_;
            return;
        }
        found = by_text_.emplace(text, problems_.size()).first;
        problems_.push_back({text, 0, {}, place});
    }
    Problem& problem = problems_[found->second];
    ++problem.count;
    if (row > 0 && problem.first.size() < kRowsShown)
        problem.first.push_back(row);
}

} // namespace ferry
