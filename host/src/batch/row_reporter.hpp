// What the rows of a batch tell while they run.
#pragma once

#include "report/log.hpp"
#include "report/progress_display.hpp"
#include "report/run_events.hpp"
#include "workflow/runner.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace ferry {

// One row. Its steps, and what tasks say for information, are told at the level debug: at info a row is one line, at
// its end, and none in a batch of so many that nobody would read them. Thread-safe.
class RowReporter final : public RunListener {
  public:
    static constexpr std::uint64_t most_told = 20; // rows of a batch

    // `rows`: of the batch. `events` may be null.
    RowReporter(std::uint64_t row, std::uint64_t rows, const Log& log, ProgressDisplay& progress, EventWriter* events);

    void run_started(const Workflow& workflow, const std::string& run_id) override;
    void step_started(const TaskContext& step, const Step& definition) override;
    void step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) override;
    void step_finished(const TaskContext& step, const StepResult& result, const Diagnostics& diagnostics) override;
    void step_planned(const TaskContext&, const Poco::JSON::Object&, bool) override {}
    void run_finished(const RunResult& result) override;

    void log(const TaskContext& task, int level, std::string_view message) override;
    void progress(const TaskContext& task, const TaskProgress& progress) override;
    void event(const TaskContext& task, std::string_view type, std::string_view json) override;

  private:
    std::string name_of(const TaskContext& task) const { return name_ + " " + task.step_id; }

    const std::string name_; // "row 17"
    const int level_;        // of rows that are done
    const Log& log_;
    ProgressDisplay& progress_;
    const RunEvents events_;
    std::chrono::steady_clock::time_point started_;
};

// The first step that made the row fail; null if none did.
const StepResult* cause_of(const RunResult& result);
// True if the token made it fail, as it will every other row. Rights may lack for one row's project alone.
bool is_token_refused(const RunResult& result);

} // namespace ferry
