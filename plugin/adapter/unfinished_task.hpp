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

} // namespace ferry
