// The task type `upload-verify`.
#include "host_bridge.hpp"
#include "schemas.hpp"
#include "task_support.hpp"
#include "tasks.hpp"
#include "verify/verify_files.hpp"
#include "verify_option_reader.hpp"
#include "verify_outputs.hpp"

namespace ferry {

namespace {

struct VerifyKind {
    using Options = VerifyOptions;

    static Result<ReadTask<Options>> read(std::string_view json) { return read_verify_options(json); }

    static int32_t run(PlatformTask<Options>& task, ferry_error* error) {
        task.options.work_dir = task.work_dir;
        const auto transports = task.process.transports();
        if (!transports)
            return report_error(error, transports.error());
        HostLog log(task.services);
        VerifyOutputs outputs(task.services);
        CancelToken cancel;
        VerifySummary summary;
        {
            const CancelWatch watch(task.process.watcher(), task.services, cancel);
            const VerifyEnvironment environment{{**transports,
                                                 task.process.quotas().gate(task.options.endpoint, task.options.token),
                                                 task.process.clock(), task.process.random(), log},
                                                task.process.arena()};
            summary = verify_files(task.options, environment, outputs, cancel);
        }
        const Status handed_on = outputs.finish(summary);
        if (!summary.status)
            return report_error(error, summary.status.error());
        return handed_on ? static_cast<int32_t>(FERRY_OK) : report_error(error, handed_on.error());
    }
};

} // namespace

ferry_task_type upload_verify_task_type() {
    return TaskFunctions<VerifyKind>::type(
        "upload-verify", "compare local files with what the platform has of them, now or a year later",
        schemas::upload_verify());
}

} // namespace ferry
