#include "progress_report.hpp"

#include "error_report.hpp"

#include <cstddef>
#include <vector>

namespace ferry {

namespace {

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

void report_progress(const ferry_services& services, const UploadProgress& progress, bool final) {
    if (!FERRY_HAS(ferry_services, &services, progress) || !services.progress)
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
    services.progress(services.ctx, &report);
}

} // namespace ferry
