#include "batch/row_reporter.hpp"

#include "document/units.hpp"
#include "report/run_reporter.hpp"

#include <algorithm>

namespace ferry {

const StepResult* cause_of(const RunResult& result) {
    const auto found = std::find_if(result.steps.begin(), result.steps.end(), [](const StepResult& step) {
        return step.status == StepStatus::failed && !step.allowed;
    });
    return found == result.steps.end() ? nullptr : &*found;
}

bool is_token_refused(const RunResult& result) {
    return std::any_of(result.steps.begin(), result.steps.end(), [](const StepResult& step) {
        return step.status == StepStatus::failed && !step.allowed && step.code == FERRY_REFUSED &&
               step.error.code == "auth";
    });
}

RowReporter::RowReporter(std::uint64_t row, std::uint64_t rows, const Log& log, ProgressDisplay& progress,
                         EventWriter* events)
    : name_("row " + std::to_string(row))
    , level_(rows <= most_told ? FERRY_LOG_INFO : FERRY_LOG_DEBUG)
    , log_(log)
    , progress_(progress)
    , events_(events, log, row)
    , started_(std::chrono::steady_clock::now()) {}

void RowReporter::run_started(const Workflow& workflow, const std::string& run_id) {
    log_.write(FERRY_LOG_DEBUG, name_, "started");
    events_.run_started(workflow, run_id);
}

void RowReporter::step_started(const TaskContext& step, const Step& definition) {
    progress_.step_started(name_of(step));
    if (log_.shows(FERRY_LOG_DEBUG))
        log_.write(FERRY_LOG_DEBUG, name_of(step),
                   step.attempt > 1 ? "attempt " + std::to_string(step.attempt) : "started (" + definition.task + ")");
    events_.step_started(step, definition);
}

void RowReporter::step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) {
    log_.write(FERRY_LOG_WARN, name_of(step),
               "attempt " + std::to_string(step.attempt) + " failed, the next follows in " + format_duration(delay) +
                   ": " + error.message);
    events_.step_retried(step, error, delay);
}

void RowReporter::step_finished(const TaskContext& step, const StepResult& result, const Diagnostics& diagnostics) {
    progress_.step_finished(name_of(step));
    for (const Diagnostic& found : diagnostics)
        log_.write(found.warning ? FERRY_LOG_WARN : FERRY_LOG_ERROR, name_of(step), to_text(found));
    const bool failed = result.status == StepStatus::failed;
    log_.write(failed && result.allowed ? FERRY_LOG_WARN : FERRY_LOG_DEBUG, name_of(step),
               failed ? (result.allowed ? "failed (allowed): " : "failed: ") + result.error.message
                      : step_end_text(result));
    events_.step_finished(step, result);
}

void RowReporter::run_finished(const RunResult& result) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
    const StepResult* cause = cause_of(result);
    if (result.status == RunStatus::succeeded)
        log_.write(level_, name_, "done in " + time_text(took.count()));
    else if (result.status == RunStatus::interrupted)
        log_.write(FERRY_LOG_WARN, name_, "stopped after " + time_text(took.count()));
    else
        log_.write(FERRY_LOG_ERROR, name_,
                   "failed after " + time_text(took.count()) +
                       (cause ? ": " + cause->id + ": " + cause->error.message : ""));
    events_.run_finished(result);
}

void RowReporter::log(const TaskContext& task, int level, std::string_view message) {
    log_.write(level == FERRY_LOG_INFO ? FERRY_LOG_DEBUG : level, name_of(task), message);
}

void RowReporter::progress(const TaskContext& task, const TaskProgress& progress) {
    progress_.step_progress(name_of(task), progress);
}

void RowReporter::event(const TaskContext& task, std::string_view type, std::string_view json) {
    events_.of_task(task, type, json);
}

} // namespace ferry
