#include "upload_outputs.hpp"

#include "document/strict_json.hpp"
#include "error_report.hpp"
#include "transfer/result_json.hpp"

#include <utility>
#include <vector>

namespace ferry {

namespace {

std::string json_text(const std::string& text) {
    return to_json(Poco::Dynamic::Var(text));
}

// Borrows the names.
class AbiItems {
  public:
    explicit AbiItems(const std::vector<FileProgress>& files) {
        for (const FileProgress& file : files)
            items_.push_back({sizeof(ferry_item_progress), to_abi(file.name), file.bytes_done, file.bytes_total});
        for (const ferry_item_progress& item : items_)
            pointers_.push_back(&item);
    }
    AbiItems(const AbiItems&) = delete;
    AbiItems& operator=(const AbiItems&) = delete;

    const ferry_item_progress* const* data() const { return pointers_.data(); }
    std::size_t size() const { return pointers_.size(); }

  private:
    std::vector<ferry_item_progress> items_;
    std::vector<const ferry_item_progress*> pointers_;
};

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
    report.bytes_moved = progress.bytes_sent;
    report.items_skipped = progress.files_skipped;
    report.retries = progress.retries;
    report.api_calls = progress.api_calls;
    report.api_calls_left = progress.calls_left;
    report.api_calls_limit = progress.calls_limit;
    report.waiting_for = to_abi(progress.waiting_for);
    const AbiItems items(progress.in_work);
    report.items = items.data();
    report.item_count = items.size();
    services_.progress(services_.ctx, &report);
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
