// One task of a plugin, from create to destroy, with the host's services behind it.
#pragma once

#include "diagnostic.hpp"
#include "plugins/task_progress.hpp"
#include "plugins/task_registry.hpp"
#include "stop.hpp"

#include <Poco/JSON/Object.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

// Where a task runs; copied into the ferry_run_context.
struct TaskContext {
    std::string state_dir;
    std::string work_dir;
    std::string workflow;
    std::string run_id;
    std::string step_id;
    std::uint32_t attempt = 1;
    bool dry_run = false;
    bool offline = false; // of a dry run: no request over the network
    std::uint64_t row = 0;
    std::int64_t deadline_ms = 0; // Unix time; 0: none
    std::string run_dir = {};     // made by whoever writes there
};

// What a running task tells. Called from any thread, several at once; implementations lock.
class TaskListener {
  public:
    virtual ~TaskListener() = default;
    virtual void log(const TaskContext& task, int level, std::string_view message) = 0;
    virtual void progress(const TaskContext& task, const TaskProgress& progress) = 0;
    virtual void event(const TaskContext& task, std::string_view type, std::string_view json) = 0;
};

struct TaskOutcome {
    int32_t code = FERRY_OK;
    std::string kind;                // ferry_error.kind
    std::string message;             // ferry_error.message; control bytes escaped, but a few lines stay lines
    Poco::JSON::Object::Ptr outputs; // never null
    Diagnostics diagnostics;         // reported while creating or running; pointers into the options
};

// Answers the secret of that name, or nullopt. Called from any thread.
using SecretSource = std::function<std::optional<std::string>(const std::string& name)>;

struct TaskHost {
    TaskListener& listener;
    SecretSource secret;
    std::function<bool()> cancelled; // stop flag, deadline or the run's own wish; thread-safe
    // What may be shown of a text that the task hands on, with tokens taken out; may be empty: all. Thread-safe.
    std::function<std::string(std::string)> shown = {};
};

// Runs a task to its end on this thread. `options` is what the schema admitted, defaults filled in.
TaskOutcome run_task(const TaskEntry& entry, const Poco::JSON::Object& options, const TaskContext& context,
                     const TaskHost& host);

// The task's own offline check of options that the schema admitted. Empty if fine or if the task has none.
Diagnostics validate_task(const TaskEntry& entry, const Poco::JSON::Object& options, const TaskContext& context,
                          const TaskHost& host);

} // namespace ferry
