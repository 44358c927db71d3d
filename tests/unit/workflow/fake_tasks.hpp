// A plugin in the test's own memory: real schemas, behaviour by step.
#pragma once

#include "plugins/task_registry.hpp"
#include "workflow/runner.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace ferry::test {

// One run of a fake task.
struct FakeCall {
    std::string step;
    std::string options; // JSON
    std::uint32_t attempt;
    bool dry_run;
    const ferry_services* services;
    ferry_error* error;

    bool cancelled() const { return services->cancelled(services->ctx) != 0; }
    void output(const std::string& key, const std::string& json) const;
    int32_t fail(int32_t code, const std::string& kind, const std::string& message) const;
};

using Behaviour = std::function<int32_t(const FakeCall&)>;

// Offers `command`, `upload` (with the real options) and `probe` (an option of each kind). What a step's task does is
// given by on(); else it succeeds at once. Thread-safe once the run has begun.
class FakeTasks {
  public:
    FakeTasks();
    ~FakeTasks();

    const TaskRegistry& registry() const { return registry_; }
    TaskRegistry& registry() { return registry_; }
    void on(const std::string& step, Behaviour behaviour) { behaviours_[step] = std::move(behaviour); }
    // What validate() of every task reports for that step, as {pointer, found, allowed}.
    void complain(const std::string& step, std::vector<Diagnostic> problems) {
        complaints_[step] = std::move(problems);
    }

    std::vector<std::string> started() const;                           // the ids, in the order of their start
    std::vector<std::string> options_of(const std::string& step) const; // JSON, one for each call

    // For the plugin's functions.
    int32_t call(FakeCall& call);
    const std::vector<Diagnostic>* complaints_of(const std::string& step) const;

  private:
    class Handle;
    std::shared_ptr<Handle> handle_;
    TaskRegistry registry_;
    std::map<std::string, Behaviour> behaviours_;
    std::map<std::string, std::vector<Diagnostic>> complaints_;
    mutable std::mutex mutex_;
    std::vector<std::pair<std::string, std::string>> calls_; // step, options
};

// Keeps what it is told, as short lines: "start a 1", "retry a", "finish a succeeded".
class RecordingListener : public RunListener {
  public:
    void log(const TaskContext&, int, std::string_view) override {}
    void progress(const TaskContext&, const TaskProgress&) override {}
    void event(const TaskContext&, std::string_view, std::string_view) override {}
    void run_started(const Workflow&, const std::string& run_id) override { add("run " + run_id); }
    void step_started(const TaskContext& step, const Step&) override;
    void step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) override;
    void step_finished(const TaskContext& step, const StepResult& result, const Diagnostics& diagnostics) override;
    void step_planned(const TaskContext& step, const Poco::JSON::Object& options, bool complete) override;
    void run_finished(const RunResult& result) override { add(std::string("end ") + to_string(result.status)); }

    std::vector<std::string> lines() const;
    std::size_t count(const std::string& line) const;
    Diagnostics diagnostics() const;

  private:
    void add(std::string line);

    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
    Diagnostics diagnostics_;
};

} // namespace ferry::test
