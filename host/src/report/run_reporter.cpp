#include "report/run_reporter.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ferry {
namespace {

using Poco::JSON::Object;

std::string time_text(double seconds) {
    return format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000))));
}

int level_of(const StepResult& result) {
    if (result.status != StepStatus::failed)
        return FERRY_LOG_INFO;
    return result.allowed ? FERRY_LOG_WARN : FERRY_LOG_ERROR;
}

std::string end_text(const StepResult& result) {
    switch (result.status) {
    case StepStatus::succeeded:
        return "done in " + time_text(result.seconds);
    case StepStatus::cached:
        return "cached: done in run " + printable(result.from_run, 100);
    case StepStatus::skipped:
        return "skipped: " + result.error.message;
    case StepStatus::failed:
        break;
    }
    return std::string("failed") + (result.allowed ? " (allowed)" : "") + " after " + time_text(result.seconds) + ": " +
           result.error.message;
}

// "publish: upload, after align"
std::string title_of(const Workflow& workflow, const Step& step) {
    std::string title = step.id + ": " + step.task;
    for (const std::size_t need : step.needs)
        title += (need == step.needs.front() ? ", after " : ", ") + workflow.steps[need].id;
    return title;
}

std::string counts(const RunResult& result) {
    std::string text;
    for (const StepStatus status :
         {StepStatus::succeeded, StepStatus::cached, StepStatus::failed, StepStatus::skipped}) {
        const auto count = std::count_if(result.steps.begin(), result.steps.end(),
                                         [status](const StepResult& step) { return step.status == status; });
        if (count > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + to_string(status);
    }
    return text;
}

std::string how(const RunResult& result) {
    if (result.status != RunStatus::interrupted || result.signal == 0)
        return to_string(result.status);
    const char* name = ::sigabbrev_np(result.signal);
    return "stopped by " + (name ? "SIG" + std::string(name) : "signal " + std::to_string(result.signal));
}

} // namespace

RunReporter::RunReporter(const Log& log, ProgressDisplay& progress, std::unique_ptr<EventWriter> events, bool dry_run)
    : log_(log)
    , progress_(progress)
    , events_(std::move(events))
    , dry_run_(dry_run) {}

void RunReporter::tell(int level, const std::string& step, const std::string& message) const {
    if (!dry_run_ || level < FERRY_LOG_INFO)
        log_.write(level, step, message);
}

void RunReporter::write_event(std::string_view type, const std::string& run_id, const TaskContext* step,
                              const Object& fields) {
    if (!events_)
        return;
    if (auto problem = events_->write(type, run_id, step, fields))
        log_.warn(*problem);
}

void RunReporter::run_started(const Workflow& workflow, const std::string& run_id) {
    started_ = std::chrono::steady_clock::now();
    progress_.set_steps(workflow.steps.size());
    for (const std::size_t index : workflow.order)
        order_.emplace_back(workflow.steps[index].id, title_of(workflow, workflow.steps[index]));
    tell(FERRY_LOG_INFO, {},
         workflow.name + ": run " + run_id + " of " + std::to_string(workflow.steps.size()) +
             (workflow.steps.size() == 1 ? " step" : " steps"));
    Object fields;
    fields.set("workflow", workflow.name);
    write_event("run_started", run_id, nullptr, fields);
}

void RunReporter::step_started(const TaskContext& step, const Step& definition) {
    progress_.step_started(step.step_id);
    tell(FERRY_LOG_INFO, step.step_id,
         step.attempt > 1 ? "attempt " + std::to_string(step.attempt) : "started (" + definition.task + ")");
    Object fields;
    fields.set("task", definition.task);
    write_event("step_started", step.run_id, &step, fields);
}

void RunReporter::step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) {
    log_.write(FERRY_LOG_WARN, step.step_id,
               "attempt " + std::to_string(step.attempt) + " failed, the next follows in " + format_duration(delay) +
                   ": " + error.message);
    Object fields;
    fields.set("code", error.code);
    fields.set("message", error.message);
    fields.set("delay", static_cast<double>(delay.count()) / 1000);
    write_event("step_retried", step.run_id, &step, fields);
}

void RunReporter::step_finished(const TaskContext& step, const StepResult& result, const Diagnostics& diagnostics) {
    progress_.step_finished(step.step_id);
    for (const Diagnostic& found : diagnostics)
        log_.write(found.warning ? FERRY_LOG_WARN : FERRY_LOG_ERROR, step.step_id, to_text(found));
    tell(level_of(result), step.step_id, end_text(result));
    Object fields;
    fields.set("status", std::string(to_string(result.status)));
    fields.set("seconds", result.seconds);
    if (!result.error.code.empty()) {
        fields.set("code", result.error.code);
        fields.set("message", result.error.message);
    }
    if (!result.from_run.empty())
        fields.set("from_run", result.from_run);
    write_event("step_finished", step.run_id, &step, fields);
    if (!dry_run_)
        return;
    const std::lock_guard lock(mutex_);
    plan_.emplace(step.step_id, "    " + end_text(result) + "\n"); // unless step_planned() has told it
}

void RunReporter::step_planned(const TaskContext& step, const Object& options, bool complete) {
    std::string text = complete ? "" : "    (some values are known later)\n";
    for (const auto& [name, value] : options)
        text += "    " + printable(name) + ": " + printable(to_json(value), 4096) + "\n";
    const std::lock_guard lock(mutex_);
    plan_[step.step_id] = std::move(text);
}

void RunReporter::run_finished(const RunResult& result) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
    tell(FERRY_LOG_INFO, {},
         result.workflow + ": " + how(result) + " in " + time_text(took.count()) + ", " + counts(result));
    Object fields;
    fields.set("status", std::string(to_string(result.status)));
    write_event("run_finished", result.run_id, nullptr, fields);
}

void RunReporter::log(const TaskContext& task, int level, std::string_view message) {
    log_.write(level, task.step_id, message);
}

void RunReporter::progress(const TaskContext& task, const ferry_progress& progress) {
    progress_.step_progress(task.step_id, progress);
}

void RunReporter::event(const TaskContext& task, std::string_view type, std::string_view json) {
    if (!events_)
        return;
    const JsonResult parsed = parse_json(json);
    const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
    if (value && value->type() == typeid(Object::Ptr))
        write_event(type, task.run_id, &task, *value->extract<Object::Ptr>());
}

std::string RunReporter::plan() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [step, title] : order_)
        if (const auto planned = plan_.find(step); planned != plan_.end())
            text += title + "\n" + planned->second;
    return text;
}

} // namespace ferry
