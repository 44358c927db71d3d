#include "transfer/plan_problems.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

void PlanProblems::add(Error problem) {
    if (++count_ <= most_told)
        told_.push_back(std::move(problem));
}

Error PlanProblems::error(Log& log) const {
    if (count_ == 1)
        return told_.front();
    for (const Error& problem : told_)
        log.error(problem.message);
    const auto refused = std::find_if(told_.begin(), told_.end(), [](const Error& one) {
        return one.kind == ErrorKind::auth || one.kind == ErrorKind::rights;
    });
    return {refused != told_.end() ? refused->kind : told_.front().kind,
            std::to_string(count_) + " problems, and nothing was uploaded; the first: " + told_.front().message};
}

} // namespace ferry
