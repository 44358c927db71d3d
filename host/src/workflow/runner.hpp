// Runs a workflow: independent steps side by side, each once its needs have ended.
#pragma once

#include "plugins/task_run.hpp"
#include "stop.hpp"
#include "workflow/workflow.hpp"

#include <Poco/JSON/Object.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ferry {

class SharedSteps;

enum class StepStatus {
    succeeded,
    failed,
    skipped,
    cached // not run: an earlier run has done it, and nothing has changed since
};
enum class RunStatus { succeeded, failed, interrupted };
const char* to_string(StepStatus status);
const char* to_string(RunStatus status);

struct StepError {
    std::string code; // stable word: the task's own ("auth", "network", ...) or "failed", "timeout", "cancelled",
                      // "options", "record" (there is none that would answer the step), "skipped", "planned" (a dry run
                      // that cannot know more)
    std::string message; // for people; printable
};

struct StepResult {
    std::string id;
    StepStatus status = StepStatus::skipped;
    double seconds = 0;              // from its first attempt's start to its last one's end, delays included
    Poco::JSON::Object::Ptr outputs; // never null
    StepError error;                 // code empty: none. Set for failed and for skipped steps
    int32_t code = FERRY_OK;         // FERRY_* of the last attempt; FERRY_OK if there was none
    bool allowed = false; // allow_failure, and failed or without the record that --from wants: the run goes on
    std::string from_run; // cached: the id of the run that did it
    std::string mark;     // see step_mark.hpp; empty: what it has done, or will, is not known to be what it was
};

struct RunResult {
    std::string workflow;
    std::string run_id;
    RunStatus status = RunStatus::succeeded;
    int signal = 0;                // that interrupted the run; 0: none
    std::vector<StepResult> steps; // in the file's order
    std::uint64_t row = 0;         // of a batch, from 1; 0: none
    std::map<std::string, Poco::Dynamic::Var> vars;

    // 0, 1, 3, 4 or 128 + signal, the first that applies of: signal, 3, 4, 1. Failures that a step allows count for
    // nothing.
    int exit_code() const;
};

// Told what happens, from any worker thread, several at once; implementations lock and must not throw. A step's calls
// come in order.
class RunListener : public TaskListener {
  public:
    virtual void run_started(const Workflow& workflow, const std::string& run_id) = 0;
    // Once for each attempt, before its options are resolved.
    virtual void step_started(const TaskContext& step, const Step& definition) = 0;
    // An attempt failed and another follows after `delay`.
    virtual void step_retried(const TaskContext& step, const StepError& error, std::chrono::milliseconds delay) = 0;
    // Once for each step, also for a skipped one (attempt 0 then). `diagnostics`: what the options' last check or the
    // task reported, pointers into the workflow file.
    virtual void step_finished(const TaskContext& step, const StepResult& result, const Diagnostics& diagnostics) = 0;
    // Dry run only, after step_started: the options with defaults; values that depend on a step's outputs read
    // "(known after step ID)", tokens "(secret)". `complete`: nothing of the first sort is among them, and the task
    // itself is asked (dry run) next; else the step ends as skipped.
    virtual void step_planned(const TaskContext& step, const Poco::JSON::Object& options, bool complete) = 0;
    virtual void run_finished(const RunResult& result) = 0;
};

struct RunOptions {
    unsigned jobs = 1; // steps at once, at least 1
    std::string state_dir;
    std::string work_dir;
    std::string run_id; // empty: make_run_id()
    bool dry_run = false;
    bool offline = false; // of a dry run: tasks make no request over the network
    std::uint64_t row = 0;
    std::string run_dir; // where commands' output is kept; made when needed; empty: STATE_DIR/runs/RUN_ID
    // A record of each step that succeeds, below STATE_DIR/steps; what resume, from and only go by. Nothing in a dry
    // run.
    bool keep_records = false;
    bool resume = false; // a step whose record tells that nothing has changed is cached
    // Of several runs with one id in this process: a step that declares outputs and is the same in several of them is
    // done by the first, and cached in the others. With keep_records; may be null.
    SharedSteps* shared = nullptr;
    // A step's id, or empty; at most one of the two. See selection_problem() and missing_record(): what they say is for
    // before the run. `from`: that step and all that need it run, all others are cached. `only`: that step runs, those
    // that it needs are cached, the others skipped.
    std::string from;
    std::string only;
    Environment environment = process_environment();
    std::function<std::int64_t()> now_ms; // Unix time in milliseconds; empty: the system's clock
};

// Runs the workflow to its end, or until the stop flag is set: then running steps see cancelled(), no other starts, and
// it returns when the running ones have ended. Blocks; steps run on threads of its own, one at a time on this one.
RunResult run_workflow(const Workflow& workflow, const RunOptions& options, RunListener& listener,
                       const StopFlag& stop);

// "20260131T235959Z-1a2b3c4d": sorts by time, safe in file names.
std::string make_run_id();

} // namespace ferry
