// The task type `uploads-list`.
#include "output_sink.hpp"
#include "platform_run.hpp"
#include "schemas.hpp"
#include "tasks.hpp"
#include "unfinished_options.hpp"
#include "unfinished_task.hpp"

#include <Poco/JSON/Array.h>

namespace ferry {

namespace {

Poco::JSON::Object::Ptr entry_of(const UnfinishedUpload& one) {
    Poco::JSON::Object::Ptr entry = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
    entry->set("upload_id", one.upload.upload_id);
    entry->set("name", one.upload.name);
    entry->set("project", one.upload.project);
    entry->set("parent", one.upload.parent);
    if (one.folder)
        entry->set("folder", *one.folder);
    entry->set("initiated", one.upload.initiated);
    if (one.age)
        entry->set("age_seconds", static_cast<Poco::Int64>(one.age->count() / 1000));
    if (one.parts_reported)
        entry->set("parts_reported", static_cast<Poco::UInt64>(*one.parts_reported));
    if (one.part_size)
        entry->set("part_size", static_cast<Poco::UInt64>(*one.part_size));
    const KnownUpload* known = one.best_known();
    entry->set("known", known != nullptr);
    if (known) {
        entry->set("parts_stored", static_cast<Poco::UInt64>(known->parts_stored));
        if (const auto parts = known->parts())
            entry->set("parts", static_cast<Poco::UInt64>(*parts));
        entry->set("size", static_cast<Poco::UInt64>(known->source.size));
        entry->set("path", known->path);
    }
    return entry;
}

struct ListKind {
    using Options = ListOptions;

    static Result<ReadTask<Options>> read(std::string_view json) { return read_list_options(json); }

    static int32_t run(PlatformTask<Options>& task, ferry_error* error) {
        if (left_unasked(task))
            return FERRY_OK;
        const auto summary =
            run_on_platform(task, [&task](const PlatformEnvironment& environment, CancelToken& cancel) {
                return list_uploads(task.options, environment, cancel);
            });
        if (!summary)
            return report_error(error, summary.error());
        Poco::JSON::Array::Ptr uploads = new Poco::JSON::Array;
        for (const UnfinishedUpload& one : summary->uploads)
            uploads->add(entry_of(one));
        OutputSink outputs(task.services);
        outputs.set("uploads", uploads);
        outputs.set("count", static_cast<Poco::UInt64>(summary->uploads.size()));
        outputs.set("api_calls", static_cast<Poco::UInt64>(summary->api_calls));
        return report_end(summary->status, outputs.finish("what is open"), error);
    }
};

} // namespace

ferry_task_type uploads_list_task_type() {
    return TaskFunctions<ListKind>::type(
        "uploads-list", "list the unfinished uploads of a project or folder on the platform", schemas::uploads_list());
}

} // namespace ferry
