// What a run tells programs: its events, of a workflow alone or of a row of a batch.
#pragma once

#include "report/event_writer.hpp"
#include "report/log.hpp"
#include "workflow/runner.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ferry {

// Thread-safe. What cannot be written is told in the log.
class RunEvents {
  public:
    // `writer` may be null: then nothing is written. `row`: of a batch; 0: none. Both outlive it.
    RunEvents(EventWriter* writer, const Log& log, std::uint64_t row = 0) : writer_(writer), log_(log), row_(row) {}

    void run_started(const Workflow& workflow, const std::string& run_id) const;
    void step_started(const TaskContext& step, const Step& definition) const;
    void step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) const;
    void step_finished(const TaskContext& step, const StepResult& result) const;
    void run_finished(const RunResult& result) const;
    // A task's own: the JSON text of an object.
    void of_task(const TaskContext& task, std::string_view type, std::string_view json) const;

  private:
    void write(std::string_view type, const std::string& run_id, const TaskContext* step,
               const Poco::JSON::Object& fields) const;
    void write_of_run(std::string_view type, const std::string& run_id, const Poco::JSON::Object& fields) const;

    EventWriter* const writer_;
    const Log& log_;
    const std::uint64_t row_;
};

} // namespace ferry
