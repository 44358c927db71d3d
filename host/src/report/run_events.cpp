#include "report/run_events.hpp"

#include "document/strict_json.hpp"

namespace ferry {

using Poco::JSON::Object;

void RunEvents::write(std::string_view type, const std::string& run_id, const TaskContext* step,
                      const Object& fields) const {
    if (auto problem = writer_->write(type, run_id, step, fields))
        log_.warn(*problem);
}

void RunEvents::write_of_run(std::string_view type, const std::string& run_id, const Object& fields) const {
    TaskContext place; // of the row, and of no step
    place.row = row_;
    write(type, run_id, row_ > 0 ? &place : nullptr, fields);
}

void RunEvents::run_started(const Workflow& workflow, const std::string& run_id) const {
    if (!writer_)
        return;
    Object fields;
    fields.set("workflow", workflow.name);
    write_of_run("run_started", run_id, fields);
}

void RunEvents::step_started(const TaskContext& step, const Step& definition) const {
    if (!writer_)
        return;
    Object fields;
    fields.set("task", definition.task);
    write("step_started", step.run_id, &step, fields);
}

void RunEvents::step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) const {
    if (!writer_)
        return;
    Object fields;
    fields.set("code", error.code);
    fields.set("message", error.message);
    fields.set("delay", static_cast<double>(delay.count()) / 1000);
    write("step_retried", step.run_id, &step, fields);
}

void RunEvents::step_finished(const TaskContext& step, const StepResult& result) const {
    if (!writer_)
        return;
    Object fields;
    fields.set("status", std::string(to_string(result.status)));
    fields.set("seconds", result.seconds);
    if (!result.error.code.empty()) {
        fields.set("code", result.error.code);
        fields.set("message", result.error.message);
    }
    if (!result.from_run.empty())
        fields.set("from_run", result.from_run);
    write("step_finished", step.run_id, &step, fields);
}

void RunEvents::run_finished(const RunResult& result) const {
    if (!writer_)
        return;
    Object fields;
    fields.set("status", std::string(to_string(result.status)));
    write_of_run("run_finished", result.run_id, fields);
}

void RunEvents::of_task(const TaskContext& task, std::string_view type, std::string_view json) const {
    if (!writer_)
        return;
    const JsonResult parsed = parse_json(json);
    const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
    if (value && value->type() == typeid(Object::Ptr))
        write(type, task.run_id, &task, *value->extract<Object::Ptr>());
}

} // namespace ferry
