#include "batch/row_reporter.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"

#include <algorithm>
#include <cmath>

namespace ferry {

namespace {

using Poco::JSON::Object;

std::string after(double seconds) {
    return format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000))));
}

} // namespace

const StepResult* cause_of(const RunResult& result) {
    const auto found = std::find_if(result.steps.begin(), result.steps.end(), [](const StepResult& step) {
        return step.status == StepStatus::failed && !step.allowed;
    });
    return found == result.steps.end() ? nullptr : &*found;
}

RowReporter::RowReporter(std::uint64_t row, const Log& log, ProgressDisplay& progress, EventWriter* events)
    : row_(row)
    , name_("row " + std::to_string(row))
    , log_(log)
    , progress_(progress)
    , events_(events)
    , started_(std::chrono::steady_clock::now()) {}

void RowReporter::write_event(std::string_view type, const TaskContext& task, const Object& fields) {
    if (!events_)
        return;
    if (auto problem = events_->write(type, task.run_id, &task, fields))
        log_.warn(*problem);
}

void RowReporter::write_row_event(std::string_view type, const std::string& run_id, const Object& fields) {
    TaskContext place; // of the row, and of no step
    place.run_id = run_id;
    place.row = row_;
    write_event(type, place, fields);
}

void RowReporter::run_started(const Workflow& workflow, const std::string& run_id) {
    log_.write(FERRY_LOG_DEBUG, name_, "started");
    if (!events_)
        return;
    Object fields;
    fields.set("workflow", workflow.name);
    write_row_event("run_started", run_id, fields);
}

void RowReporter::step_started(const TaskContext& step, const Step& definition) {
    progress_.step_started(name_of(step));
    if (log_.shows(FERRY_LOG_DEBUG))
        log_.write(FERRY_LOG_DEBUG, name_of(step),
                   step.attempt > 1 ? "attempt " + std::to_string(step.attempt) : "started (" + definition.task + ")");
    if (!events_)
        return;
    Object fields;
    fields.set("task", definition.task);
    write_event("step_started", step, fields);
}

void RowReporter::step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) {
    log_.write(FERRY_LOG_WARN, name_of(step),
               "attempt " + std::to_string(step.attempt) + " failed, the next follows in " + format_duration(delay) +
                   ": " + error.message);
    Object fields;
    fields.set("code", error.code);
    fields.set("message", error.message);
    fields.set("delay", static_cast<double>(delay.count()) / 1000);
    write_event("step_retried", step, fields);
}

void RowReporter::step_finished(const TaskContext& step, const StepResult& result, const Diagnostics& diagnostics) {
    progress_.step_finished(name_of(step));
    for (const Diagnostic& found : diagnostics)
        log_.write(found.warning ? FERRY_LOG_WARN : FERRY_LOG_ERROR, name_of(step), to_text(found));
    const bool failed = result.status == StepStatus::failed;
    log_.write(failed && result.allowed ? FERRY_LOG_WARN : FERRY_LOG_DEBUG, name_of(step),
               failed && result.allowed ? "failed (allowed): " + result.error.message
               : result.status == StepStatus::succeeded
                   ? "done in " + after(result.seconds)
                   : std::string(to_string(result.status)) + ": " + result.error.message);
    if (!events_)
        return;
    Object fields;
    fields.set("status", std::string(to_string(result.status)));
    fields.set("seconds", result.seconds);
    if (!result.error.code.empty()) {
        fields.set("code", result.error.code);
        fields.set("message", result.error.message);
    }
    write_event("step_finished", step, fields);
}

void RowReporter::run_finished(const RunResult& result) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
    const StepResult* cause = cause_of(result);
    if (result.status == RunStatus::succeeded)
        log_.write(FERRY_LOG_INFO, name_, "done in " + after(took.count()));
    else if (result.status == RunStatus::interrupted)
        log_.write(FERRY_LOG_WARN, name_, "stopped after " + after(took.count()));
    else
        log_.write(FERRY_LOG_ERROR, name_,
                   "failed after " + after(took.count()) +
                       (cause ? ": " + cause->id + ": " + cause->error.message : ""));
    if (!events_)
        return;
    Object fields;
    fields.set("status", std::string(to_string(result.status)));
    write_row_event("run_finished", result.run_id, fields);
}

void RowReporter::log(const TaskContext& task, int level, std::string_view message) {
    log_.write(level == FERRY_LOG_INFO ? FERRY_LOG_DEBUG : level, name_of(task), message);
}

void RowReporter::progress(const TaskContext& task, const ferry_progress& progress) {
    progress_.step_progress(name_of(task), progress);
}

void RowReporter::event(const TaskContext& task, std::string_view type, std::string_view json) {
    if (!events_)
        return;
    const JsonResult parsed = parse_json(json);
    const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
    if (value && value->type() == typeid(Object::Ptr))
        write_event(type, task, *value->extract<Object::Ptr>());
}

} // namespace ferry
