#include "report/run_reporter.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace ferry {
namespace {

using Poco::JSON::Object;

int level_of(const StepResult& result) {
    if (result.status != StepStatus::failed)
        return FERRY_LOG_INFO;
    return result.allowed ? FERRY_LOG_WARN : FERRY_LOG_ERROR;
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

std::string time_text(double seconds) {
    return format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000))));
}

std::string step_end_text(const StepResult& result) {
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

RunReporter::RunReporter(const Log& log, ProgressDisplay& progress, std::unique_ptr<EventWriter> events, bool dry_run)
    : log_(log)
    , progress_(progress)
    , writer_(std::move(events))
    , events_(writer_.get(), log)
    , dry_run_(dry_run) {}

void RunReporter::tell(int level, const std::string& step, const std::string& message) const {
    if (!dry_run_ || level < FERRY_LOG_INFO)
        log_.write(level, step, message);
}

void RunReporter::run_started(const Workflow& workflow, const std::string& run_id) {
    started_ = std::chrono::steady_clock::now();
    std::set<std::string> moving;
    for (const Step& step : workflow.steps)
        if (step.task != "command")
            moving.insert(step.id);
    progress_.set_steps(workflow.steps.size(), std::move(moving));
    for (const std::size_t index : workflow.order)
        order_.emplace_back(workflow.steps[index].id, title_of(workflow, workflow.steps[index]));
    tell(FERRY_LOG_INFO, {},
         workflow.name + ": run " + run_id + " of " + std::to_string(workflow.steps.size()) +
             (workflow.steps.size() == 1 ? " step" : " steps"));
    events_.run_started(workflow, run_id);
}

void RunReporter::step_started(const TaskContext& step, const Step& definition) {
    progress_.step_started(step.step_id);
    tell(FERRY_LOG_INFO, step.step_id,
         step.attempt > 1 ? "attempt " + std::to_string(step.attempt) : "started (" + definition.task + ")");
    events_.step_started(step, definition);
}

void RunReporter::step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) {
    log_.write(FERRY_LOG_WARN, step.step_id,
               "attempt " + std::to_string(step.attempt) + " failed, the next follows in " + format_duration(delay) +
                   ": " + error.message);
    events_.step_retried(step, error, delay);
}

void RunReporter::step_finished(const TaskContext& step, const StepResult& result, const Diagnostics& diagnostics) {
    progress_.step_finished(step.step_id);
    for (const Diagnostic& found : diagnostics)
        log_.write(found.warning ? FERRY_LOG_WARN : FERRY_LOG_ERROR, step.step_id, to_text(found));
    tell(level_of(result), step.step_id, step_end_text(result));
    events_.step_finished(step, result);
    if (!dry_run_)
        return;
    const std::lock_guard lock(mutex_);
    plan_.emplace(step.step_id, "    " + step_end_text(result) + "\n"); // unless step_planned() has told it
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
    if (const std::string moved = progress_.summary(); !moved.empty())
        tell(FERRY_LOG_INFO, {}, result.workflow + ": " + moved);
    events_.run_finished(result);
    if (writer_)
        if (const auto missing = writer_->missing())
            log_.warn(*missing);
}

void RunReporter::log(const TaskContext& task, int level, std::string_view message) {
    log_.write(level, task.step_id, message);
}

void RunReporter::progress(const TaskContext& task, const TaskProgress& progress) {
    progress_.step_progress(task.step_id, progress);
}

void RunReporter::event(const TaskContext& task, std::string_view type, std::string_view json) {
    events_.of_task(task, type, json);
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
