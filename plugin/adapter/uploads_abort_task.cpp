// The task type `uploads-abort`.
#include "document/text.hpp"
#include "document/units.hpp"
#include "output_sink.hpp"
#include "platform_run.hpp"
#include "schemas.hpp"
#include "tasks.hpp"
#include "unfinished_options.hpp"
#include "unfinished_task.hpp"

#include <Poco/JSON/Array.h>

namespace ferry {

namespace {

std::string intent(const AbortOptions& options) {
    if (options.older_than)
        return ", and abort what was begun " + format_duration(*options.older_than) + " ago or earlier in " +
               title_of(options.target);
    std::string text = ", and abort ";
    for (std::size_t i = 0; i < options.upload_ids.size(); ++i)
        text += (i == 0 ? "" : ", ") + printable(options.upload_ids[i], 100);
    return text;
}

struct AbortKind {
    using Options = AbortOptions;

    static Result<ReadTask<Options>> read(std::string_view json) { return read_abort_options(json); }

    static int32_t run(PlatformTask<Options>& task, ferry_error* error) {
        if (left_unasked(task, intent(task.options)))
            return FERRY_OK;
        const auto summary =
            run_on_platform(task, [&task](const PlatformEnvironment& environment, CancelToken& cancel) {
                return abort_uploads(task.options, environment, cancel);
            });
        if (!summary)
            return report_error(error, summary.error());
        Poco::JSON::Array::Ptr aborted = new Poco::JSON::Array;
        for (const std::string& id : summary->aborted)
            aborted->add(id);
        Poco::JSON::Array::Ptr skipped = new Poco::JSON::Array;
        for (const LeftOpen& one : summary->skipped) {
            Poco::JSON::Object::Ptr entry = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
            entry->set("upload_id", one.upload_id);
            entry->set("reason", one.reason);
            skipped->add(entry);
        }
        OutputSink outputs(task.services);
        outputs.set("aborted", aborted);
        outputs.set("skipped", skipped);
        outputs.set("api_calls", static_cast<Poco::UInt64>(summary->api_calls));
        return report_end(summary->status, outputs.finish("what was aborted"), error);
    }
};

} // namespace

ferry_task_type uploads_abort_task_type() {
    return TaskFunctions<AbortKind>::type("uploads-abort",
                                          "abort unfinished uploads: the platform drops the parts that it has of them",
                                          schemas::uploads_abort());
}

} // namespace ferry
