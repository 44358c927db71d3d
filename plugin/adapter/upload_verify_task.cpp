// The task type `upload-verify`.
#include "platform_run.hpp"
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
        Status handed_on;
        const auto done = run_on_platform(task, [&](const PlatformEnvironment& environment, CancelToken& cancel) {
            VerifyOutputs outputs(task.services);
            const VerifySummary summary =
                verify_files(task.options, {environment, task.process.arena()}, outputs, cancel);
            handed_on = outputs.finish(summary);
            return summary;
        });
        return done ? report_end(done->status, handed_on, error) : report_error(error, done.error());
    }
};

} // namespace

ferry_task_type upload_verify_task_type() {
    return TaskFunctions<VerifyKind>::type(
        "upload-verify", "compare local files with what the platform has of them, now or a year later",
        schemas::upload_verify());
}

} // namespace ferry
