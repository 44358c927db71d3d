#include "workflow/missing_record.hpp"

#include "workflow/step_mark.hpp"

namespace ferry {

std::optional<MissingRecord> missing_record(const Workflow& workflow, const RunOptions& options,
                                            const std::function<bool()>& stopped) {
    if (options.from.empty() && options.only.empty())
        return std::nullopt;
    const std::vector<Choice> choices = choose_steps(workflow, graph_of(workflow), options);
    const StepCache cache(workflow, options.state_dir, options.work_dir, options.environment);
    std::vector<StepResult> results(workflow.steps.size());
    const RunScope scope{workflow, options.environment, options.run_id, results, false, true};
    for (const std::size_t number : workflow.order) {
        const Step& step = workflow.steps[number];
        results[number].id = step.id;
        results[number].outputs = new_object();
        if (choices[number] != Choice::from_record)
            continue;
        auto found = step.when == When::failure ? NoRecord() : look_up(step, scope, cache, stopped);
        if (stopped())
            return std::nullopt;
        if (const auto* record = std::get_if<StepRecord>(&found)) {
            results[number].status = StepStatus::cached;
            results[number].outputs = record->outputs;
            results[number].mark = record->mark;
        } else if (step.when == When::failure || step.allow_failure) {
            results[number].mark = skipped_mark(stand_of(step, results));
        } else {
            return MissingRecord{step.id, std::get<NoRecord>(found).reason};
        }
    }
    return std::nullopt;
}

} // namespace ferry
