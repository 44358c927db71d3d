// One attempt of one step: options resolved and checked, the task run, what came of it.
#pragma once

#include "workflow/runner.hpp"
#include "workflow/scope.hpp"
#include "workflow/step_cache.hpp"

namespace ferry {

struct AttemptResult {
    StepStatus status = StepStatus::failed;
    StepError error;
    int32_t code = FERRY_OK;
    Poco::JSON::Object::Ptr outputs; // never null
    Diagnostics diagnostics;         // pointers into the workflow file
    bool may_retry = false;
    std::string key;    // of its record; empty where none is kept
    std::string mark{}; // of a success; never empty then
};

// `context` is complete but for nothing; its deadline is this attempt's. Blocks until the task has ended. Never throws.
// `cache` keeps what succeeds; may be null.
AttemptResult run_attempt(const Step& step, const TaskContext& context, const RunScope& scope,
                          const std::function<std::int64_t()>& now_ms, RunListener& listener, const StopFlag& stop,
                          const StepCache* cache);

} // namespace ferry
