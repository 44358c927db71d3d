// What a run tells while it goes: log lines, progress, events.
#pragma once

#include "report/event_writer.hpp"
#include "report/log.hpp"
#include "report/progress_display.hpp"
#include "report/run_events.hpp"
#include "workflow/runner.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace ferry {

std::string time_text(double seconds); // "1.2 s"
// "done in 1.2 s": how a step ended, for people.
std::string step_end_text(const StepResult& result);

// Thread-safe. `events` may be null. In a dry run the plan is the story: steps are not told as they pass, but what is
// wrong with them is.
class RunReporter : public RunListener {
  public:
    RunReporter(const Log& log, ProgressDisplay& progress, std::unique_ptr<EventWriter> events, bool dry_run);

    void run_started(const Workflow& workflow, const std::string& run_id) override;
    void step_started(const TaskContext& step, const Step& definition) override;
    void step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) override;
    void step_finished(const TaskContext& step, const StepResult& result, const Diagnostics& diagnostics) override;
    void step_planned(const TaskContext& step, const Poco::JSON::Object& options, bool complete) override;
    void run_finished(const RunResult& result) override;

    void log(const TaskContext& task, int level, std::string_view message) override;
    void progress(const TaskContext& task, const TaskProgress& progress) override;
    void event(const TaskContext& task, std::string_view type, std::string_view json) override;

    // Dry run: what step_planned() told, of cached and left out steps that they are, in an order in which the steps
    // could run, as text for people.
    std::string plan() const;

  private:
    void tell(int level, const std::string& step, const std::string& message) const;

    const Log& log_;
    ProgressDisplay& progress_;
    const std::unique_ptr<EventWriter> writer_;
    const RunEvents events_;
    const bool dry_run_;
    std::chrono::steady_clock::time_point started_;          // this and order_: written before the first step
    std::vector<std::pair<std::string, std::string>> order_; // step and what the plan calls it
    mutable std::mutex mutex_;                               // of the plan
    std::map<std::string, std::string> plan_;                // by step
};

} // namespace ferry
