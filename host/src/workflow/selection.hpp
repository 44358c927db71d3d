// Which steps of a workflow run: all, what is not done yet (--resume), or some (--from, --only).
#pragma once

#include "workflow/graph.hpp"
#include "workflow/runner.hpp"
#include "workflow/scope.hpp"
#include "workflow/step_cache.hpp"
#include "workflow/step_mark.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ferry {

enum class Choice {
    run,      // whatever records say
    demanded, // the same, and whatever `when` says
    unless_done,
    from_record, // does not run: only its record answers
    leave        // skipped
};

// One for each step. What selection_problem() would say is not looked at again.
std::vector<Choice> choose_steps(const Workflow& workflow, const Graph& graph, const RunOptions& options);

// Why these steps cannot be chosen, in one sentence: no such step.
std::optional<std::string> selection_problem(const Workflow& workflow, const RunOptions& options);

// Empty if the step, all needs ended, may start.
std::string reason_to_skip(const Step& step, Choice choice, const std::vector<StepResult>& results,
                           bool failed_upstream, const RunOptions& options);

// The step's options as people may see them, with defaults; null if not all of them are known.
JsonObject::Ptr visible_options(const Step& step, const RunScope& scope);

Stand stand_of(const Step& step, const std::vector<StepResult>& results);

// The record that answers a step whose needs have ended, or why none does. The options are resolved as they are in a
// run. Never throws.
std::variant<StepRecord, NoRecord> look_up(const Step& step, const RunScope& scope, const StepCache& cache,
                                           const std::function<bool()>& stopped);

Graph graph_of(const Workflow& workflow);

} // namespace ferry
