#include "transfer/upload_events.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"

#include <Poco/JSON/Object.h>

#include <utility>

namespace ferry {
namespace {

class Fields {
  public:
    Fields& text(const char* key, const std::string& value) {
        // Paths are bytes; JSON is UTF-8.
        object_->set(key, is_utf8(value) ? value : printable(value, 8192));
        return *this;
    }
    Fields& number(const char* key, std::uint64_t value) {
        object_->set(key, static_cast<Poco::UInt64>(value));
        return *this;
    }
    JobEvent event(std::string type) const { return {std::move(type), to_json(Poco::Dynamic::Var(object_))}; }

  private:
    Poco::JSON::Object::Ptr object_ = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
};

std::uint64_t milliseconds(Duration time) {
    return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
}

} // namespace

JobEvent file_started_event(const PlannedFile& file, const OpenedUpload& opened) {
    return Fields()
        .text("path", file.path)
        .text("name", file.name)
        .number("size", file.identity.size)
        .number("parts", opened.plan.count())
        .number("part_size", opened.plan.part_size())
        .text("upload_id", opened.upload_id)
        .event("file_started");
}

JobEvent part_done_event(const UploadSession& session, std::uint32_t number) {
    return Fields()
        .text("name", session.file().name)
        .number("part", number)
        .number("parts", session.opened().plan.count())
        .number("size", session.opened().plan.range(number).size)
        .event("part_done");
}

JobEvent retry_event(const PlannedFile& file, const RetryNotice& notice) {
    return Fields()
        .text("name", file.name)
        .number("part", notice.number)
        .number("tries", static_cast<std::uint64_t>(notice.tries)) // `attempt` is the step's
        .number("wait_ms", milliseconds(notice.wait))
        .text("reason", notice.reason)
        .event("retry");
}

JobEvent file_done_event(const FileResult& result) {
    return Fields()
        .text("path", result.path)
        .text("name", result.name)
        .text("id", result.id)
        .number("size", result.size)
        .text("status", result.skipped ? "skipped" : "uploaded")
        .number("parts", result.parts)
        .number("ms", milliseconds(result.seconds))
        .event("file_done");
}

JobEvent file_failed_event(const FailedFile& file) {
    return Fields()
        .text("path", file.path)
        .text("name", file.name)
        .text("code", to_word(file.error.kind))
        .text("message", file.error.message)
        .text("upload_id", file.upload_id) // empty: nothing of it is open
        .number("parts_stored", file.parts_stored)
        .event("file_failed");
}

} // namespace ferry
