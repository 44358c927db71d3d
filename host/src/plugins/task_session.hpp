// What stands behind the ferry_services of one task: collects outputs and diagnostics, passes the rest on.
#pragma once

#include "ferry_plugin.h"
#include "plugins/task_run.hpp"

#include <Poco/JSON/Array.h>

#include <atomic>
#include <mutex>
#include <string>

namespace ferry {

// Thread-safe. After end() every call is ignored, so that a straggling plugin thread changes nothing any more; the
// session itself must live until the task is destroyed.
class TaskSession {
  public:
    TaskSession(const TaskContext& context, const TaskHost& host);
    TaskSession(const TaskSession&) = delete;
    TaskSession& operator=(const TaskSession&) = delete;

    // Valid as long as the session.
    const ferry_services& services() const { return services_; }
    const ferry_run_context& run_context() const { return run_context_; }

    void end() { ended_ = true; }
    // After end().
    Poco::JSON::Object::Ptr outputs() const;
    Diagnostics take_diagnostics();

    // Behind the trampolines.
    bool ended() const { return ended_.load(std::memory_order_relaxed); }
    void log(int32_t level, ferry_string message);
    bool cancelled() const;
    void diagnostic(const ferry_diagnostic& diagnostic);
    int32_t output_set(ferry_string key, ferry_string json);
    int32_t output_append(ferry_string key, ferry_string json);
    int32_t secret(ferry_string name, char* buffer, std::size_t capacity, std::size_t* size);
    void progress(const ferry_progress& progress);
    void event(ferry_string type, ferry_string json);

  private:
    const TaskContext& context_;
    const TaskHost& host_;
    ferry_services services_{};
    ferry_run_context run_context_{};
    std::atomic<bool> ended_{false};
    mutable std::mutex mutex_; // what follows
    Poco::JSON::Object::Ptr outputs_;
    Diagnostics diagnostics_;
};

} // namespace ferry
