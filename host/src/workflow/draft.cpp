#include "workflow/draft.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "schema/describe_schema.hpp"
#include "schema/schema_walk.hpp"
#include "schemas.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <variant>

namespace ferry {

namespace {

const Validator& workflow_validator() {
    static const Validator validator(object_of(std::get<Json>(parse_json(schemas::workflow()))));
    return validator;
}

// nullopt if it is none; the schema has said so.
std::optional<std::chrono::milliseconds> duration_of(const Json& value) {
    switch (kind_of(value)) {
    case JsonKind::integer:
    case JsonKind::number:
        return parse_duration(to_json(value));
    case JsonKind::text:
        return parse_duration(value.convert<std::string>());
    default:
        return std::nullopt;
    }
}

// The schema admits more than ten years as a text; what cannot be kept must not become "no limit" in silence.
std::optional<std::chrono::milliseconds> draft_duration(const JsonObject& source, const char* key,
                                                        const std::string& pointer, Draft& draft) {
    const Json value = source.get(key);
    const auto duration = duration_of(value);
    const std::string place = pointer + "/" + key;
    const bool told = std::any_of(draft.diagnostics.begin(), draft.diagnostics.end(),
                                  [&](const Diagnostic& known) { return known.pointer == place; });
    if (!duration && !value.isEmpty() && !told)
        draft.error(place, describe_value(value), "allowed: at most ten years");
    return duration;
}

void draft_retry(const JsonObject& retry, Step& step, Draft& draft) {
    if (const Json attempts = retry.get("attempts"); kind_of(attempts) == JsonKind::integer)
        step.retry.attempts =
            static_cast<std::uint32_t>(std::clamp<Poco::Int64>(attempts.convert<Poco::Int64>(), 1, 1000));
    step.retry.delay =
        draft_duration(retry, "delay", step.pointer + "/retry", draft).value_or(std::chrono::milliseconds(0));
}

Step draft_step(const JsonObject& source, const std::string& pointer, Draft& draft) {
    Step step;
    step.pointer = pointer;
    step.with_pointer = pointer + "/with";
    step.id = text_of(source.get("id"));
    step.task = text_of(source.get("task"));
    step.with = object_of(source.get("with"));
    if (!step.with)
        step.with = new_object();
    if (source.has("timeout")) {
        step.timeout = draft_duration(source, "timeout", pointer, draft);
        if (step.timeout && step.timeout->count() == 0)
            draft.error(pointer + "/timeout", "no time at all", "allowed: a time above 0; leave it out for no limit");
    }
    if (const auto retry = object_of(source.get("retry")))
        draft_retry(*retry, step, draft);
    const std::string when = text_of(source.get("when"));
    step.when = when == "failure" ? When::failure : when == "always" ? When::always : When::success;
    step.allow_failure = is_true(source.get("allow_failure"));
    return step;
}

void number_steps(Draft& draft) {
    const auto& steps = draft.workflow.steps;
    auto& by_id = draft.workflow.by_id;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].id.empty())
            continue;
        const auto [known, first] = by_id.try_emplace(steps[i].id, i);
        if (!first)
            draft.error(steps[i].pointer + "/id",
                        in_quotes(steps[i].id) + " is already the id of " + steps[known->second].pointer,
                        "each step needs an id of its own");
    }
}

void link_need(const Json& need, const std::string& pointer, Step& step, Draft& draft) {
    const std::string name = text_of(need);
    const auto found = draft.workflow.by_id.find(name);
    if (found != draft.workflow.by_id.end()) {
        if (std::find(step.needs.begin(), step.needs.end(), found->second) == step.needs.end())
            step.needs.push_back(found->second);
        return;
    }
    if (name.empty())
        return;
    std::vector<std::string> names;
    if (draft.takes_suggestions())
        for (const Step& known : draft.workflow.steps)
            names.push_back(known.id);
    draft.error(pointer, "there is no step " + in_quotes(name),
                did_you_mean(name, names) +
                    (names.empty() ? "needed: the id of a step" : "steps are: " + listed(names, " and ")));
}

void report_circles(const Graph& graph, Draft& draft) {
    constexpr std::size_t kMost = 20;
    for (const auto& circle : graph.circles(kMost)) {
        const auto& first = draft.workflow.steps[circle.front()];
        std::string names;
        for (std::size_t k = 0; k < std::min<std::size_t>(circle.size(), 20); ++k)
            names += draft.workflow.steps[circle[k]].id + " -> ";
        if (circle.size() > 20)
            names += "... -> ";
        draft.error(first.pointer + "/needs", "a cycle: " + printable(names + first.id, 2000),
                    "steps may not need each other in a circle: take one of these needs away");
    }
}

} // namespace

void draft_workflow(const JsonObject::Ptr& document, Draft& draft) {
    auto& workflow = draft.workflow;
    draft.diagnostics = workflow_validator().check(document, workflow.file);
    workflow.name = text_of(document->get("name"));
    if (workflow.name.empty())
        workflow.name = printable(std::filesystem::path(workflow.file).stem().string());
    const auto steps = array_of(document->get("steps"));
    if (!steps)
        return;
    std::size_t index = 0;
    for (const Json& item : *steps) {
        const std::string pointer = child_pointer("/steps", index++);
        if (const auto source = object_of(item))
            workflow.steps.push_back(draft_step(*source, pointer, draft));
    }
}

Graph link_steps(const JsonObject::Ptr& document, Draft& draft) {
    number_steps(draft);
    std::vector<std::vector<std::size_t>> needs;
    for (Step& step : draft.workflow.steps) {
        const Json source = at_pointer(document, step.pointer);
        std::size_t index = 0;
        if (const auto list = array_of(object_of(source)->get("needs")))
            for (const Json& need : *list)
                link_need(need, child_pointer(step.pointer + "/needs", index++), step, draft);
        if (step.when == When::failure && index == 0)
            draft.warn(step.pointer + "/when", "it runs only if a step that it needs fails, but it needs none",
                       "it will never run: name those steps in needs");
        needs.push_back(step.needs);
    }
    Graph graph(std::move(needs));
    report_circles(graph, draft);
    draft.workflow.order = graph.order();
    return graph;
}

} // namespace ferry
