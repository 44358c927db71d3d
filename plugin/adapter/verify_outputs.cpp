#include "verify_outputs.hpp"

#include "document/text.hpp"
#include "progress_report.hpp"
#include "transfer/result_json.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

namespace ferry {

namespace {

Poco::JSON::Object::Ptr verified_entry(const VerifiedFile& file) {
    Poco::JSON::Object::Ptr entry = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
    entry->set("path", path_text(file.path));
    entry->set("name", file.name);
    if (!file.id.empty())
        entry->set("id", file.id);
    entry->set("size", static_cast<Poco::UInt64>(file.size));
    entry->set("status", std::string(to_word(file.status)));
    Poco::JSON::Array::Ptr checked = new Poco::JSON::Array;
    for (const char* way : file.checked)
        checked->add(std::string(way));
    entry->set("checked", checked);
    if (!file.reason.empty())
        entry->set("reason", path_text(file.reason));
    return entry;
}

} // namespace

VerifyOutputs::VerifyOutputs(const ferry_services& services) : services_(services), sink_(services) {
    sink_.set("files", Poco::JSON::Array::Ptr(new Poco::JSON::Array));
}

void VerifyOutputs::file(const VerifiedFile& file) {
    if ((!all_listed_ && file.status == VerifyStatus::same) || listed_ == most_listed)
        return;
    ++listed_;
    sink_.append("files", verified_entry(file));
}

void VerifyOutputs::progress(const UploadProgress& progress, bool final) {
    report_progress(services_, progress, final);
}

Status VerifyOutputs::finish(const VerifySummary& summary) {
    const auto set = [this](const char* key, std::uint64_t value) { sink_.set(key, static_cast<Poco::UInt64>(value)); };
    set("count", summary.counts.all());
    for (const VerifyStatus status : {VerifyStatus::same, VerifyStatus::different, VerifyStatus::missing,
                                      VerifyStatus::missing_local, VerifyStatus::unchecked})
        set(to_word(status), summary.counts.of(status));
    set("bytes", summary.bytes);
    set("api_calls", summary.api_calls);
    if (summary.planned_calls) {
        Poco::JSON::Object::Ptr planned = new Poco::JSON::Object;
        planned->set("api_calls", static_cast<Poco::UInt64>(*summary.planned_calls));
        sink_.set("planned", planned);
    }
    return sink_.finish("what was compared");
}

} // namespace ferry
