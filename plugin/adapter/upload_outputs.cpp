#include "upload_outputs.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "error_report.hpp"

#include <Poco/JSON/Object.h>

namespace ferry {

namespace {

std::string json_text(const std::string& text) {
    return to_json(Poco::Dynamic::Var(text));
}

} // namespace

std::string to_json(const FileResult& result) {
    Poco::JSON::Object::Ptr entry = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
    entry->set("path", is_utf8(result.path) ? result.path : printable(result.path, 8192)); // paths are bytes
    entry->set("name", result.name);
    entry->set("id", result.id);
    entry->set("size", static_cast<Poco::UInt64>(result.size));
    entry->set("project", result.project);
    entry->set("parent", result.parent);
    entry->set("status", result.skipped ? "skipped" : "uploaded");
    entry->set("parts", result.parts);
    entry->set("part_size", static_cast<Poco::UInt64>(result.part_size));
    if (!result.etag.empty())
        entry->set("etag", result.etag);
    if (!result.upload_id.empty())
        entry->set("upload_id", result.upload_id);
    entry->set("seconds", static_cast<double>(result.seconds.count()) / 1000.0);
    return to_json(Poco::Dynamic::Var(entry));
}

UploadOutputs::UploadOutputs(const ferry_services& services) : services_(services) {
    set("files", "[]");
    set("file_ids", "[]");
}

void UploadOutputs::set(const std::string& key, const std::string& json) {
    if (services_.output_set(services_.ctx, to_abi(key), to_abi(json)) != FERRY_OK && refused_.empty())
        refused_ = key;
}

void UploadOutputs::append(const std::string& key, const std::string& json) {
    if (services_.output_append(services_.ctx, to_abi(key), to_abi(json)) != FERRY_OK && refused_.empty())
        refused_ = key;
}

void UploadOutputs::file_done(const FileResult& result) {
    if (files_++ == 0)
        first_id_ = result.id;
    append("files", to_json(result));
    append("file_ids", json_text(result.id));
}

void UploadOutputs::progress(const UploadProgress& progress, bool final) {
    if (!FERRY_HAS(ferry_services, &services_, progress) || !services_.progress)
        return;
    ferry_progress report{};
    report.struct_size = sizeof report;
    report.bytes_done = progress.bytes_done;
    report.bytes_total = progress.bytes_total;
    report.items_done = progress.files_done;
    report.items_total = progress.files_total;
    report.final = final ? 1 : 0;
    report.in_flight = progress.parts_in_flight;
    services_.progress(services_.ctx, &report);
}

void UploadOutputs::event(const std::string& type, const std::string& json) {
    if (FERRY_HAS(ferry_services, &services_, event) && services_.event)
        services_.event(services_.ctx, to_abi(type), to_abi(json));
}

Status UploadOutputs::finish(const UploadSummary& summary) {
    if (files_ == 1)
        set("file_id", json_text(first_id_));
    set("bytes", std::to_string(summary.bytes));
    set("api_calls", std::to_string(summary.api_calls));
    if (const auto& planned = summary.planned)
        set("planned", "{\"files\":" + std::to_string(planned->files) + ",\"bytes\":" + std::to_string(planned->bytes) +
                           ",\"parts\":" + std::to_string(planned->parts) +
                           ",\"api_calls\":" + std::to_string(planned->api_calls) + "}");
    if (refused_.empty())
        return {};
    return {ErrorKind::internal, "the host did not take the output " + refused_ + "; the log tells what was uploaded"};
}

} // namespace ferry
