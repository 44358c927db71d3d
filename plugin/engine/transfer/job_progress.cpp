#include "transfer/job_progress.hpp"

#include "document/units.hpp"
#include "platform/platform_api.hpp"
#include "platform/quota_gate.hpp"
#include "retry/retry_policy.hpp"
#include "transfer/job_outcome.hpp"
#include "transfer/storage_gate.hpp"

#include <algorithm>

namespace ferry {

void JobProgress::begin(std::uint64_t done, std::uint64_t failed) {
    done_before_ = done;
    failed_before_ = failed;
}

std::string JobProgress::waiting_for(const QuotaLevel& quota) const {
    if (sources_.api.line.dead())
        return "the platform, which cannot be reached";
    if (sources_.storage_line.dead())
        return "the object storage, which cannot be reached";
    if (quota.pause > Duration{0})
        return std::string(quota.maintenance ? "the platform's maintenance" : "the platform's quota of calls") + ", " +
               format_duration(std::chrono::ceil<std::chrono::seconds>(quota.pause)) + " more";
    return {};
}

void JobProgress::tell(UploadProgress sent, bool final) {
    const QuotaLevel quota = sources_.api.quota.level();
    // A file that has to start over loses its stored bytes; a display that runs backwards would help nobody.
    sent.bytes_done = bytes_told_ = std::max(bytes_told_, sent.bytes_done);
    sent.files_done += done_before_;
    sent.files_total += done_before_ + failed_before_;
    sent.files_skipped = sources_.outcome.skipped();
    sent.parts_in_flight = static_cast<std::uint32_t>(sources_.storage.in_use.load());
    sent.retries = sources_.api.retries.load();
    sent.api_calls = sources_.api.calls.load();
    sent.calls_left = quota.left;
    sent.calls_limit = quota.limit;
    if (final)
        sent.in_work.clear();
    else
        sent.waiting_for = waiting_for(quota);
    listener_.progress(sent, final);
}

} // namespace ferry
