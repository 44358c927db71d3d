// All steps looked up before the first one runs: what is done already, and what a run makes stale.
#pragma once

#include "workflow/selection.hpp"
#include "workflow/step_cache.hpp"

#include <variant>
#include <vector>

namespace ferry {

// monostate: not known before the run.
using Foreseen = std::variant<std::monostate, StepRecord, NoRecord>;

// One answer for each step, if the options ask for any. Where they say that records are kept, those of the steps that
// will run and of all behind them are removed: a run that is cut off must leave none that is older than what it stands
// on. Never throws.
std::vector<Foreseen> foresee(const Workflow& workflow, const std::vector<Choice>& choices, const RunOptions& options,
                              const std::string& run_id, const StepCache& cache, const std::function<bool()>& stopped);

// The first step that --from or --only wants from its record, and that has none (or not of the files as they are now):
// it has to run first. Looks only.
struct MissingRecord {
    std::string step;
    std::string reason; // empty: none was ever kept
};
std::optional<MissingRecord> missing_record(const Workflow& workflow, const RunOptions& options);

} // namespace ferry
