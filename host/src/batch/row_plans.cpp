#include "batch/row_plans.hpp"

namespace ferry {

namespace {

RowValues with_given(const ManifestRow& row, const GivenVars& given) {
    RowValues values = row.values;
    values.insert(values.end(), given.begin(), given.end());
    return values;
}

RowPlan plan_of(Before before, Resume resume) {
    if (resume == Resume::no || before == Before::never)
        return RowPlan::run;
    if (before == Before::done)
        return RowPlan::done_before;
    return resume == Resume::unfinished ? RowPlan::failed_before : RowPlan::run;
}

} // namespace

std::optional<RowPlan> RowPlans::next(const ManifestRow& row, RowValues& values) {
    const bool mine = shard_.has(row.number);
    if (!mine && known_.empty())
        return std::nullopt;
    values = with_given(row, given_);
    const RowPlan plan = known_.empty() ? RowPlan::run : plan_of(known_.take(row_hash(values), row.number), resume_);
    return mine ? std::optional(plan) : std::nullopt;
}

void pin_rows(const Manifest& manifest, const GivenVars& given, KnownRows& known) {
    const auto pass = manifest.pass();
    ManifestRow row;
    for (auto next = pass->next(row); next != Manifest::Pass::Next::end; next = pass->next(row))
        if (next == Manifest::Pass::Next::row)
            known.pin(row_hash(with_given(row, given)), row.number);
}

} // namespace ferry
