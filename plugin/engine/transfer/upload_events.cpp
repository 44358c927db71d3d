#include "transfer/upload_events.hpp"

#include "base/job_event.hpp"
#include "transfer/remote_path.hpp"

namespace ferry {

JobEvent file_started_event(const PlannedFile& file, const OpenedUpload& opened) {
    return EventFields()
        .text("path", file.path)
        .text("name", file.placed())
        .number("size", file.identity.size)
        .number("parts", opened.plan.count())
        .number("part_size", opened.plan.part_size())
        .text("upload_id", opened.upload_id)
        .event("file_started");
}

JobEvent part_done_event(const UploadSession& session, std::uint32_t number) {
    return EventFields()
        .text("name", session.file().placed())
        .text("upload_id", session.opened().upload_id)
        .number("part", number)
        .number("parts", session.opened().plan.count())
        .number("size", session.opened().plan.range(number).size)
        .event("part_done");
}

JobEvent retry_event(const UploadSession& session, const RetryNotice& notice) {
    return EventFields()
        .text("name", session.file().placed())
        .text("upload_id", session.opened().upload_id)
        .number("part", notice.number)
        .number("tries", static_cast<std::uint64_t>(notice.tries)) // `attempt` is the step's
        .milliseconds("wait_ms", notice.wait)
        .text("reason", notice.reason)
        .event("retry");
}

JobEvent file_done_event(const FileResult& result) {
    return EventFields()
        .text("path", result.path)
        .text("name", remote_path(parent_folder(result.asked_name), result.name))
        .text("id", result.id)
        .number("size", result.size)
        .text("status", result.skipped ? "skipped" : "uploaded")
        .number("parts", result.parts)
        .milliseconds("ms", result.seconds)
        .event("file_done");
}

JobEvent file_failed_event(const FailedFile& file) {
    return EventFields()
        .text("path", file.path)
        .text("name", file.name)
        .text("code", to_word(file.error.kind))
        .text("message", file.error.message)
        .text("upload_id", file.upload_id) // empty: nothing of it is open
        .number("parts_stored", file.parts_stored)
        .event("file_failed");
}

} // namespace ferry
