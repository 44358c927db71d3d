#include "workflow/selection.hpp"

#include "document/text.hpp"
#include "schema/defaults.hpp"
#include "schema/describe_schema.hpp"

#include <algorithm>
#include <exception>
#include <functional>

namespace ferry {

namespace {

std::optional<std::string> no_such_step(const Workflow& workflow, const char* option, const std::string& id) {
    if (id.empty() || workflow.by_id.count(id) > 0)
        return std::nullopt;
    std::vector<std::string> names;
    for (const Step& step : workflow.steps)
        names.push_back(step.id);
    std::string advice = did_you_mean(id, names);
    if (advice.empty())
        advice = "it has: " + listed(names, " and ");
    else
        advice.pop_back(); // nothing follows
    return std::string(option) + " '" + printable(id, 200) + "': the workflow has no such step; " + advice;
}

// The step and all that `next` leads to from there.
void choose_all(std::size_t step, Choice choice, const std::function<std::vector<std::size_t>(std::size_t)>& next,
                std::vector<Choice>& choices) {
    std::vector<bool> seen(choices.size(), false);
    std::vector<std::size_t> open{step};
    while (!open.empty()) {
        const std::size_t here = open.back();
        open.pop_back();
        if (seen[here])
            continue;
        seen[here] = true;
        choices[here] = choice;
        for (const std::size_t more : next(here))
            open.push_back(more);
    }
}

} // namespace

Graph graph_of(const Workflow& workflow) {
    std::vector<std::vector<std::size_t>> needs;
    for (const Step& step : workflow.steps)
        needs.push_back(step.needs);
    return Graph(std::move(needs));
}

std::optional<std::string> selection_problem(const Workflow& workflow, const RunOptions& options) {
    auto problem = no_such_step(workflow, "--from", options.from);
    return problem ? problem : no_such_step(workflow, "--only", options.only);
}

std::vector<Choice> choose_steps(const Workflow& workflow, const Graph& graph, const RunOptions& options) {
    const auto number_of = [&](const std::string& id) {
        const auto found = workflow.by_id.find(id);
        return found == workflow.by_id.end() ? std::optional<std::size_t>() : found->second;
    };
    std::vector<Choice> choices(workflow.steps.size(), options.resume ? Choice::unless_done : Choice::run);
    if (const auto from = number_of(options.from)) {
        choices.assign(choices.size(), Choice::from_record);
        choose_all(
            *from, Choice::run, [&](std::size_t step) { return graph.dependents(step); }, choices);
        choices[*from] = Choice::demanded;
    } else if (const auto only = number_of(options.only)) {
        choices.assign(choices.size(), Choice::leave);
        choose_all(
            *only, Choice::from_record, [&](std::size_t step) { return graph.needs(step); }, choices);
        choices[*only] = options.resume ? Choice::unless_done : Choice::demanded;
    }
    return choices;
}

std::string reason_to_skip(const Step& step, Choice choice, const std::vector<StepResult>& results,
                           bool failed_upstream, const RunOptions& options) {
    if (choice == Choice::leave)
        return "only step " + in_quotes(options.only) + " was asked for";
    if (choice == Choice::demanded) // all that it needs comes from records
        return failed_upstream ? "what it needs is not done" : "";
    if (options.dry_run && step.when == When::failure)
        return "it runs only after a failure";
    if (options.dry_run || step.when == When::always)
        return {};
    if (step.when == When::failure)
        return failed_upstream ? "" : "nothing that it needs failed";
    for (const std::size_t need : step.needs) {
        const StepResult& result = results[need];
        if (result.status == StepStatus::failed && !result.allowed)
            return "step \"" + result.id + "\" failed";
        if (result.status == StepStatus::skipped && !result.allowed)
            return "step \"" + result.id + "\" was skipped";
    }
    return {};
}

namespace {

// Of a step whose needs are not all known to be what they were.
std::string runs_anew(const Step& step, const RunScope& scope) {
    for (const std::size_t need : step.needs)
        if (scope.results[need].mark.empty())
            return "step " + in_quotes(scope.results[need].id) + " runs anew";
    return {};
}

} // namespace

JsonObject::Ptr visible_options(const Step& step, const RunScope& scope) {
    const Resolved shown = resolve_in_run(step, scope, true);
    return shown.problems.empty() && shown.complete ? with_defaults(step.entry->schema, *shown.options) : nullptr;
}

Stand stand_of(const Step& step, const std::vector<StepResult>& results) {
    std::vector<std::string> marks;
    for (const std::size_t need : step.needs) {
        if (results[need].mark.empty())
            return std::nullopt;
        marks.push_back(results[need].id + ' ' + results[need].mark);
    }
    std::sort(marks.begin(), marks.end());
    return marks;
}

std::variant<StepRecord, NoRecord> look_up(const Step& step, const RunScope& scope, const StepCache& cache,
                                           const std::function<bool()>& stopped) {
    try {
        const Stand stands_on = stand_of(step, scope.results);
        if (!stands_on)
            return NoRecord{runs_anew(step, scope)};
        if (const auto shown = visible_options(step, scope)) {
            auto found = cache.find(step, *shown, *stands_on, stopped);
            if (std::holds_alternative<StepRecord>(found) && !scope.dry_run)
                cache.used(step, *shown);
            return found;
        }
        return NoRecord{"some of its options are known only after other steps"};
    } catch (const std::exception& error) {
        return NoRecord{"its record cannot be used: " + printable(error.what(), 500)};
    }
}

} // namespace ferry
