#include "upload_outputs.hpp"

#include "document/strict_json.hpp"
#include "error_report.hpp"
#include "progress_report.hpp"
#include "transfer/result_json.hpp"

#include <utility>

namespace ferry {

namespace {

std::string json_text(const std::string& text) {
    return to_json(Poco::Dynamic::Var(text));
}

} // namespace

UploadOutputs::UploadOutputs(const ferry_services& services, std::string receipts)
    : services_(services)
    , receipts_(std::move(receipts)) {
    set("files", "[]");
    set("file_ids", "[]");
    if (!receipts_.empty())
        set("receipts", json_text(path_text(receipts_)));
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
    if (!receipts_.empty() && files_ > most_listed) {
        if (files_ == most_listed + 1) {
            set("files", "null");
            set("file_ids", "null");
        }
        return;
    }
    append("files", to_json(result));
    append("file_ids", json_text(result.id));
}

void UploadOutputs::progress(const UploadProgress& progress, bool final) {
    report_progress(services_, progress, final);
}

void UploadOutputs::event(const std::string& type, const std::string& json) {
    if (FERRY_HAS(ferry_services, &services_, event) && services_.event)
        services_.event(services_.ctx, to_abi(type), to_abi(json));
}

Status UploadOutputs::finish(const UploadSummary& summary) {
    if (files_ == 1 && summary.of_files == 1)
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
