// What `uploads-list` and `uploads-abort` share of running.
#pragma once

#include "host_bridge.hpp"
#include "task_support.hpp"
#include "unfinished/abort_uploads.hpp"

namespace ferry {

// What is open only the platform can tell: true, and said, if it is not to be asked. `then`: what would be done.
template <class Options> bool left_unasked(const PlatformTask<Options>& task, const std::string& then = {}) {
    if (task.options.offline)
        HostLog(task.services)
            .info("would ask the platform what is open" + then + "; it was not asked (dry run, offline)");
    return task.options.offline;
}

// Calls the engine's function with the process's services, while the host's cancelled() is watched.
template <class Options, class Summary>
Result<Summary> run_unfinished(PlatformTask<Options>& task,
                               Summary (*work)(const Options&, const PlatformEnvironment&, CancelToken&)) {
    const auto transports = task.process.transports();
    if (!transports)
        return transports.error();
    HostLog log(task.services);
    CancelToken cancel;
    const CancelWatch watch(task.process.watcher(), task.services, cancel);
    const PlatformEnvironment environment{**transports,
                                          task.process.quotas().gate(task.options.endpoint, task.options.token),
                                          task.process.clock(), task.process.random(), log};
    return work(task.options, environment, cancel);
}

inline int32_t report_end(const Status& done, const Status& handed_on, ferry_error* error) {
    if (!done || !handed_on)
        return report_error(error, done ? handed_on.error() : done.error());
    return FERRY_OK;
}

} // namespace ferry
