// The task type `upload`.
#include "host_bridge.hpp"
#include "left_uploads.hpp"
#include "option_reader.hpp"
#include "platform_run.hpp"
#include "schemas.hpp"
#include "selection/local_tree.hpp"
#include "task_support.hpp"
#include "tasks.hpp"
#include "transfer/upload_job.hpp"
#include "unfinished/tidy_uploads.hpp"
#include "upload_outputs.hpp"

#include <utility>

namespace ferry {

namespace {

struct UploadKind {
    using Options = UploadOptions;

    static Result<ReadTask<Options>> read(std::string_view json) {
        auto read = read_options(json);
        if (!read)
            return read.error();
        return ReadTask<Options>{std::move(read->upload), std::move(read->credentials), std::move(read->problems)};
    }

    static int32_t run(PlatformTask<Options>& task, ferry_error* error) {
        task.options.work_dir = task.work_dir;
        const auto transports = task.process.transports();
        if (!transports)
            return report_error(error, transports.error());
        HostLog log(task.services);
        UploadOutputs outputs(task.services, task.options.receipts
                                                 ? absolute_path(task.work_dir, *task.options.receipts)
                                                 : std::string());
        CancelToken cancel;
        UploadSummary summary;
        {
            const CancelWatch watch(task.process.watcher(), task.services, cancel);
            QuotaGate& quota = task.process.quotas().gate(task.options.endpoint, task.options.token);
            const UploadEnvironment environment{**transports,
                                                task.process.arena(),
                                                quota,
                                                task.process.pace(),
                                                task.process.clock(),
                                                task.process.random(),
                                                log,
                                                task.row > 0 ? &task.process.row_gate(task.options.parallel_parts)
                                                             : nullptr,
                                                &task.process.hasher()};
            summary = run_upload(task.options, environment, outputs, cancel);
            if (summary.status && !task.options.dry_run)
                summary.api_calls += tidy_uploads(
                    task.options,
                    {environment.transports, quota, environment.clock, environment.random, environment.log}, cancel);
        }
        if (!summary.left.upload_ids.empty())
            outputs.tell_left(unfinished_json(task, summary.left));
        return report_end(summary.status, outputs.finish(summary), error);
    }
};

} // namespace

ferry_task_type upload_task_type() {
    return TaskFunctions<UploadKind>::type(
        "upload", "upload files to CAVATICA or another Seven Bridges platform, many parts at once", schemas::upload());
}

} // namespace ferry
