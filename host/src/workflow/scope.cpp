#include "workflow/scope.hpp"

#include "document/text.hpp"
#include "schema/describe_schema.hpp"

#include <algorithm>

namespace ferry {

namespace {

const Step* find_step(const Workflow& workflow, const std::string& id) {
    const auto found = workflow.by_id.find(id);
    return found == workflow.by_id.end() ? nullptr : &workflow.steps[found->second];
}

std::size_t number_of(const Workflow& workflow, const Step& step) {
    return static_cast<std::size_t>(&step - workflow.steps.data());
}

Wrong unknown(const std::string& what, const std::string& name, const std::vector<std::string>& known) {
    return {what,
            did_you_mean(name, known) + (known.empty() ? "there are none" : "there are: " + listed(known, " and "))};
}

Answer folder_of(const Workflow& workflow) {
    if (is_utf8(workflow.directory))
        return Known{workflow.directory};
    return Wrong{"the path of the workflow's folder is not UTF-8", "move the file to a folder whose path is"};
}

Answer variable(const Workflow& workflow, const Reference& reference) {
    const auto found = workflow.vars.find(reference.name);
    if (found == workflow.vars.end()) {
        std::vector<std::string> names;
        for (const auto& [name, value] : workflow.vars)
            names.push_back(name);
        return unknown(in_quotes(reference.text) + ": no variable of that name is declared in vars", reference.name,
                       names);
    }
    if (kind_of(found->second) == JsonKind::null)
        return Open{"(not given)", false}; // reported where it is declared
    return Known{found->second};
}

Answer environment_value(const Environment& environment, const Reference& reference) {
    auto value = environment(reference.name);
    if (!value)
        return Wrong{in_quotes(reference.text) + ": the environment variable " + reference.name + " is not set",
                     "set it, or use a variable of vars with a value"};
    if (!is_utf8(*value) || value->find('\0') != std::string::npos)
        return Wrong{in_quotes(reference.text) + ": the environment variable " + reference.name +
                         " holds no UTF-8 text",
                     "allowed: UTF-8 text"};
    return Known{*std::move(value)};
}

// The one place where a token may go: a whole value in the env of a command.
bool may_hold_token(const std::string& task, const std::string& pointer, bool alone) {
    constexpr std::string_view kEnv = "/env/";
    return alone && task == "command" && pointer.starts_with(kEnv) &&
           pointer.find('/', kEnv.size()) == std::string::npos;
}

Wrong token_misplaced(const Reference& reference) {
    return {in_quotes(reference.text) + " is a token",
            "a token may only be a whole value in the env of a command step; tasks that talk to the platform find it "
            "by themselves"};
}

struct BeforeRun {
    Draft& draft;
    const Graph& graph;
    std::size_t number;
    const Environment& environment;
    const Workflow& workflow = draft.workflow;

    const Step& step() const { return workflow.steps[number]; }

    Answer operator()(const Reference& reference, const std::string& pointer, bool alone) const {
        switch (reference.kind) {
        case Reference::Kind::var:
            return variable(workflow, reference);
        case Reference::Kind::env:
            return from_environment(reference, pointer, alone);
        case Reference::Kind::run_id:
            return Open{"(the run's id)", false};
        case Reference::Kind::workflow_dir:
            return folder_of(workflow);
        default:
            return from_step(reference);
        }
    }

    Answer from_environment(const Reference& reference, const std::string& pointer, bool alone) const {
        const bool token = workflow.token_variables.count(reference.name) > 0;
        if (token && !may_hold_token(step().task, pointer, alone))
            return token_misplaced(reference);
        Answer answer = environment_value(environment, reference);
        if (token && std::holds_alternative<Known>(answer))
            return Open{"(secret)", true};
        return answer;
    }

    Answer from_step(const Reference& reference) const {
        const Step* other = find_step(workflow, reference.name);
        if (!other) {
            const std::string found = in_quotes(reference.text) + ": there is no step " + in_quotes(reference.name);
            if (!draft.takes_suggestions())
                return Wrong{found, "needed: the id of a step"};
            std::vector<std::string> names;
            for (const Step& known : workflow.steps)
                names.push_back(known.id);
            return unknown(found, reference.name, names);
        }
        if (other == &step())
            return Wrong{in_quotes(reference.text) + " refers to its own step", "allowed: steps upstream of it"};
        if (!graph.is_upstream(number_of(workflow, *other), number))
            return Wrong{in_quotes(reference.text) + ": step " + in_quotes(reference.name) +
                             " is not upstream of this one",
                         "add " + in_quotes(reference.name) + " to this step's needs"};
        if (auto missing = missing_output(*other, reference))
            return *std::move(missing);
        return Open{"(known after step " + reference.name + ")", false};
    }

    // What a step hands on, as far as it says so beforehand: a command in its options, other tasks in their schema.
    static std::optional<std::vector<std::string>> known_outputs(const Step& step) {
        if (step.task != "command") {
            const auto named = step.entry ? object_of(step.entry->schema->get("x-outputs")) : JsonObject::Ptr();
            return named ? std::optional(named->getNames()) : std::nullopt;
        }
        const auto declared = object_of(step.with->get("outputs"));
        if (step.with->has("outputs") && !declared)
            return std::nullopt;
        std::vector<std::string> names = declared ? declared->getNames() : JsonObject::NameList();
        names.emplace_back("exit_code");
        return names;
    }

    static std::optional<Wrong> missing_output(const Step& other, const Reference& reference) {
        if (reference.kind != Reference::Kind::output)
            return std::nullopt;
        const auto known = known_outputs(other);
        if (!known || std::find(known->begin(), known->end(), reference.key) != known->end())
            return std::nullopt;
        const std::string says = other.task == "command" ? "declares" : "has";
        return unknown(in_quotes(reference.text) + ": step " + in_quotes(reference.name) + " " + says + " no output " +
                           in_quotes(reference.key),
                       reference.key, *known);
    }
};

Answer output_of(const StepResult& result, const Reference& reference) {
    const std::string step = "step " + in_quotes(reference.name);
    if (!result.outputs->has(reference.key)) {
        if (result.status != StepStatus::succeeded && result.status != StepStatus::cached)
            return Wrong{in_quotes(reference.text) + ": " + step + " " + to_string(result.status) +
                             " and has no output " + in_quotes(reference.key),
                         "use ${steps." + reference.name + ".status} or the outputs of steps that succeeded"};
        return unknown(in_quotes(reference.text) + ": " + step + " has no output " + in_quotes(reference.key),
                       reference.key, result.outputs->getNames());
    }
    Json value = result.outputs->get(reference.key);
    std::string found;
    if (!follow_path(value, reference, found))
        return Wrong{in_quotes(reference.text) + " leads nowhere: it is " + found,
                     "check the outputs of " + step + " in the outputs document"};
    return Known{value};
}

Answer from_result(const RunScope& scope, const Reference& reference) {
    const Step* other = find_step(scope.workflow, reference.name);
    if (!other)
        return Wrong{in_quotes(reference.text) + ": there is no step " + in_quotes(reference.name),
                     "allowed: steps upstream"};
    const StepResult& result = scope.results[number_of(scope.workflow, *other)];
    const bool cached = result.status == StepStatus::cached;
    if (scope.dry_run && !cached)
        return Open{"(known after step " + reference.name + ")", false};
    // It did succeed once; and a step that mentions it must not look new for that.
    if (reference.kind == Reference::Kind::status)
        return Known{std::string(to_string(cached ? StepStatus::succeeded : result.status))};
    if (reference.kind == Reference::Kind::error_message)
        return Known{result.error.message};
    return output_of(result, reference);
}

} // namespace

Lookup lookup_before_run(Draft& draft, const Graph& graph, std::size_t step, const Environment& environment) {
    return BeforeRun{draft, graph, step, environment};
}

Lookup lookup_in_run(const RunScope& scope) {
    return [&scope](const Reference& reference, const std::string&, bool) -> Answer {
        switch (reference.kind) {
        case Reference::Kind::var:
            return variable(scope.workflow, reference);
        case Reference::Kind::env:
            if (scope.hide_secrets && scope.workflow.token_variables.count(reference.name) > 0)
                return Open{"(secret)", true};
            return environment_value(scope.environment, reference);
        case Reference::Kind::run_id:
            return Known{scope.run_id};
        case Reference::Kind::workflow_dir:
            return folder_of(scope.workflow);
        default:
            return from_result(scope, reference);
        }
    };
}

Resolved resolve_in_run(const Step& step, const RunScope& scope, bool hide_secrets) {
    RunScope own = scope;
    own.hide_secrets = hide_secrets;
    return resolve(*step.with, Place(step.validator), lookup_in_run(own), StandIn::words, scope.workflow.file,
                   step.with_pointer);
}

} // namespace ferry
