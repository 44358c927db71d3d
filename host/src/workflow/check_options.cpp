#include "workflow/check_options.hpp"

#include "document/text.hpp"
#include "plugins/task_run.hpp"
#include "schema/defaults.hpp"
#include "schema/describe_schema.hpp"
#include "workflow/scope.hpp"
#include "workflow/shell_text.hpp"

#include <algorithm>
#include <iterator>

namespace ferry {

namespace {

std::string load_failures(const TaskRegistry& registry) {
    std::vector<std::string> reasons;
    for (const PluginFailure& failure : registry.failures())
        reasons.push_back(printable(failure.file, 300) + ": " + printable(failure.reason, 500));
    return "a plugin that may have it could not be loaded: " + listed(reasons, "; ");
}

// Reports the unknown task; true if a plugin that could not be loaded may have it.
bool report_unknown(const Step& step, const TaskRegistry& registry, Draft& draft) {
    std::vector<std::string> names;
    for (const TaskEntry* entry : registry.list())
        names.push_back(entry->name);
    std::string allowed = did_you_mean(step.task, names);
    const bool plugin_failed = allowed.empty() && !registry.failures().empty();
    allowed += names.empty() ? "no task is loaded" : "tasks are: " + listed(names, " and ");
    if (plugin_failed)
        allowed += "; " + load_failures(registry);
    // A task alone (ferry task) stands on the command line, not in the file.
    draft.error(step.with_pointer.empty() ? "" : step.pointer + "/task", "there is no task " + in_quotes(step.task),
                std::move(allowed));
    return plugin_failed;
}

// The host's side of a check: nothing runs, so there is nothing to tell but what goes wrong.
class SilentListener final : public TaskListener {
  public:
    void log(const TaskContext&, int, std::string_view) override {}
    void progress(const TaskContext&, const TaskProgress&) override {}
    void event(const TaskContext&, std::string_view, std::string_view) override {}
};

void append(Diagnostics& all, Diagnostics more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
}

// What the task itself says of the options. Of what is not known yet it saw only stand-ins, so nothing counts then
// that it says of them or of the whole.
Diagnostics ask_task(const Step& step, const Resolved& resolved, const LoadRequest& request, const Draft& draft) {
    SilentListener listener;
    TaskContext context;
    context.state_dir = request.state_dir;
    context.work_dir = request.work_dir;
    context.workflow = draft.workflow.name;
    context.run_id = "check";
    context.step_id = step.id;
    const TaskHost host{listener, request.environment, [] { return false; }};
    Diagnostics problems =
        validate_task(*step.entry, *with_defaults(step.entry->schema, *resolved.options), context, host);
    std::erase_if(problems, [&](const Diagnostic& p) { return !resolved.open.empty() && p.pointer.empty(); });
    problems = without_open(std::move(problems), resolved.open, "");
    for (Diagnostic& problem : problems) {
        problem.file = draft.workflow.file;
        problem.pointer = step.with_pointer + problem.pointer;
    }
    return problems;
}

void warn_of_shell_text(const Step& step, Draft& draft) {
    const auto command = array_of(step.with->get("command"));
    if (step.task != "command" || !command)
        return;
    const auto script = shell_script_index(*command);
    if (!script)
        return;
    const auto pieces = parse_template(text_of(command->get(static_cast<unsigned>(*script))));
    for (const Piece& piece : pieces)
        if (const auto* reference = std::get_if<Reference>(&piece))
            return draft.warn(child_pointer(step.with_pointer + "/command", *script),
                              in_quotes(reference->text) + " stands in a shell's text",
                              "its value is read as shell code: better pass it in env and write \"$NAME\" here");
}

void check_step(std::size_t number, const Graph& graph, const LoadRequest& request, Draft& draft) {
    const Step& step = draft.workflow.steps[number];
    const Lookup lookup = lookup_before_run(draft, graph, number, request.environment);
    Resolved resolved =
        resolve(*step.with, Place(step.validator), lookup, StandIn::sample, draft.workflow.file, step.with_pointer);
    const bool references_fine = resolved.problems.empty();
    append(draft.diagnostics, std::move(resolved.problems));
    warn_of_shell_text(step, draft);
    const bool unreadable = std::any_of(draft.diagnostics.begin(), draft.diagnostics.end(),
                                        [&](const Diagnostic& known) { return known.pointer == step.with_pointer; });
    if (!step.entry || unreadable)
        return;
    Diagnostics problems = without_open(step.validator->check(resolved.options, draft.workflow.file, step.with_pointer),
                                        resolved.open, step.with_pointer);
    const bool schema_fine = problems.empty();
    append(draft.diagnostics, std::move(problems));
    if (references_fine && schema_fine)
        append(draft.diagnostics, ask_task(step, resolved, request, draft));
}

} // namespace

bool find_tasks(const TaskRegistry& registry, Draft& draft) {
    bool plugin_failed = false;
    std::map<const TaskEntry*, std::shared_ptr<const Validator>> validators;
    for (Step& step : draft.workflow.steps) {
        step.entry = registry.find(step.task);
        if (step.entry) {
            auto& validator = validators[step.entry];
            if (!validator)
                validator = std::make_shared<const Validator>(step.entry->schema);
            step.validator = validator;
        } else if (!step.task.empty()) {
            plugin_failed = report_unknown(step, registry, draft) || plugin_failed;
        }
    }
    return plugin_failed;
}

void check_options(const Graph& graph, const LoadRequest& request, Draft& draft) {
    for (std::size_t number = 0; number < draft.workflow.steps.size(); ++number)
        check_step(number, graph, request, draft);
}

} // namespace ferry
