// What tasks share of running against the platform, and of their end.
#pragma once

#include "error_report.hpp"
#include "host_bridge.hpp"
#include "platform/platform_session.hpp"
#include "task_support.hpp"

#include <type_traits>

namespace ferry {

// Calls `work(environment, cancel)` with the process's services, while the host's cancelled() is watched. An error if
// they cannot be had.
template <class Options, class Work>
Result<std::invoke_result_t<Work&, const PlatformEnvironment&, CancelToken&>>
run_on_platform(PlatformTask<Options>& task, Work work) {
    const auto transports = task.process.transports();
    if (!transports)
        return transports.error();
    HostLog log(task.services);
    CancelToken cancel;
    const CancelWatch watch(task.process.watcher(), task.services, cancel);
    const PlatformEnvironment environment{**transports,
                                          task.process.quotas().gate(task.options.endpoint, task.options.token),
                                          task.process.clock(), task.process.random(), log};
    return work(environment, cancel);
}

// `done`: how the work ended. `handed_on`: whether the host has taken its outputs.
inline int32_t report_end(const Status& done, const Status& handed_on, ferry_error* error) {
    if (!done || !handed_on)
        return report_error(error, done ? handed_on.error() : done.error());
    return FERRY_OK;
}

} // namespace ferry
