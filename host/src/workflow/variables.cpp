#include "document/text.hpp"
#include "schema/describe_schema.hpp"
#include "workflow/scope.hpp"

namespace ferry {

namespace {

struct UsedVariable {
    std::string pointer;
    Reference reference;
};

void refuse_undeclared(const JsonObject& declared, const std::map<std::string, std::string>& given, Draft& draft) {
    const auto names = declared.getNames();
    for (const auto& [name, value] : given) {
        if (!declared.has(name)) {
            draft.error("/vars", "no variable " + in_quotes(name) + " is declared, but it is given a value",
                        did_you_mean(name, names) +
                            (names.empty() ? "the workflow declares none" : "declared: " + listed(names, " and ")));
        } else if (!is_utf8(value) || value.find('\0') != std::string::npos) {
            draft.error(child_pointer("/vars", name), "the value given is no UTF-8 text", "allowed: UTF-8 text");
        }
    }
}

// In declared values only what is the same for every run means something.
Lookup lookup_in_vars(const Environment& environment, const std::string& directory, std::vector<UsedVariable>& used) {
    return [&](const Reference& reference, const std::string& pointer, bool) -> Answer {
        if (reference.kind == Reference::Kind::workflow_dir)
            return Known{directory};
        if (reference.kind != Reference::Kind::env)
            return Wrong{in_quotes(reference.text) + " has no meaning in vars",
                         "allowed here: ${env.X} and ${workflow.dir}"};
        used.push_back({"/vars" + pointer, reference});
        if (auto value = environment(reference.name))
            return Known{*std::move(value)};
        return Wrong{in_quotes(reference.text) + ": the environment variable " + reference.name + " is not set",
                     "set it, or give the variable a value of its own"};
    };
}

// The text of a token_env option as far as variables give it; empty if it is none or depends on a step.
std::string token_variable(const Json& option, const Workflow& workflow, const Environment& environment) {
    std::string name;
    for (const Piece& piece : parse_template(text_of(option))) {
        if (const auto* text = std::get_if<std::string>(&piece)) {
            name += *text;
            continue;
        }
        const auto* reference = std::get_if<Reference>(&piece);
        if (reference && reference->kind == Reference::Kind::var && workflow.vars.count(reference->name))
            name += text_of(workflow.vars.at(reference->name));
        else if (reference && reference->kind == Reference::Kind::env)
            name += environment(reference->name).value_or("");
        else
            return {};
    }
    return name;
}

void find_token_variables(const Environment& environment, Workflow& workflow) {
    workflow.token_variables.insert(kTokenVariable);
    for (const Step& step : workflow.steps)
        if (std::string name = token_variable(step.with->get("token_env"), workflow, environment); !name.empty())
            workflow.token_variables.insert(std::move(name));
}

void refuse_tokens(const std::vector<UsedVariable>& used, Draft& draft) {
    for (const auto& [pointer, reference] : used) {
        if (!draft.workflow.token_variables.count(reference.name))
            continue;
        draft.error(pointer, in_quotes(reference.text) + " is a token",
                    "a token may only be a whole value in the env of a command step");
        for (auto& [name, value] : draft.workflow.vars) // the checks that follow print values
            if (is_at_or_below(pointer, child_pointer("/vars", name)))
                value = std::string("(a token)");
    }
}

} // namespace

void bind_variables(const JsonObject::Ptr& document, const std::map<std::string, std::string>& given,
                    const Environment& environment, Draft& draft) {
    auto declared = object_of(document->get("vars"));
    if (!declared)
        declared = new_object();
    refuse_undeclared(*declared, given, draft);
    Workflow& workflow = draft.workflow;
    std::vector<UsedVariable> used;
    const Lookup lookup = lookup_in_vars(environment, workflow.directory, used);
    auto defaults = new_object(); // of the variables that are not given
    for (const std::string& name : declared->getNames()) {
        if (const auto value = given.find(name); value != given.end())
            workflow.vars[name] = value->second;
        else
            defaults->set(name, declared->get(name));
    }
    Resolved resolved = resolve(*defaults, Place(nullptr), lookup, StandIn::words, workflow.file, "/vars");
    for (Diagnostic& problem : resolved.problems)
        draft.diagnostics.push_back(std::move(problem));
    for (const std::string& name : resolved.options->getNames()) {
        workflow.vars[name] = resolved.options->get(name);
        if (kind_of(workflow.vars[name]) == JsonKind::null)
            draft.error(child_pointer("/vars", name), in_quotes(name) + " has no value",
                        "needed: --var " + printable(name, 100) + "=VALUE, because the workflow declares it as null");
    }
    find_token_variables(environment, workflow);
    refuse_tokens(used, draft);
}

} // namespace ferry
