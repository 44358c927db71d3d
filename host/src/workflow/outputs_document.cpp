#include "workflow/outputs_document.hpp"

#include "schema/json_value.hpp"

#include <cmath>

namespace ferry {

namespace {

JsonObject::Ptr step_document(const StepResult& step) {
    auto out = new_object();
    out->set("status", std::string(to_string(step.status)));
    out->set("seconds", std::round(step.seconds * 1000) / 1000);
    out->set("outputs", step.outputs);
    if (step.error.code.empty())
        return out;
    auto error = new_object();
    error->set("code", step.error.code);
    error->set("message", step.error.message);
    out->set("error", error);
    return out;
}

} // namespace

Poco::JSON::Object::Ptr outputs_document(const RunResult& result) {
    auto out = new_object();
    out->set("workflow", result.workflow);
    out->set("run_id", result.run_id);
    out->set("status", std::string(to_string(result.status)));
    if (result.row > 0) {
        out->set("row", result.row);
        auto vars = new_object();
        for (const auto& [name, value] : result.vars)
            vars->set(name, value);
        out->set("vars", vars);
    }
    auto steps = new_object();
    for (const StepResult& step : result.steps)
        steps->set(step.id, step_document(step));
    out->set("steps", steps);
    return out;
}

} // namespace ferry
