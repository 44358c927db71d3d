#include "verify/verify_files.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "platform/quota_gate.hpp"
#include "selection/local_tree.hpp"
#include "verify/hash_crew.hpp"
#include "verify/local_selection.hpp"
#include "verify/receipts_reader.hpp"
#include "verify/verify_tally.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

namespace ferry {
namespace {

constexpr std::size_t verified_at_once = 2'000; // files whose records are in memory together
constexpr std::uint64_t records_per_call = 100;

class VerifyJob {
  public:
    VerifyJob(const VerifyOptions& options, const VerifyEnvironment& environment, VerifyListener& listener,
              CancelToken& cancel)
        : options_(options)
        , environment_(environment)
        , log_(environment.platform.log)
        , listener_(listener)
        , cancel_(cancel)
        , session_(options, environment.platform, cancel)
        , records_(session_.api(), options.target)
        , tally_(log_) {}

    VerifySummary run() {
        VerifySummary summary;
        summary.status = collect();
        if (summary.status && options_.dry_run) {
            summary.planned_calls = tell_plan();
            summary.status = unusable_lines_ ? tally_.finish() : Status();
        } else if (summary.status) {
            summary.status = compare_all();
            if (summary.status)
                summary.status = tally_.finish();
            tell_progress(true);
        }
        summary.counts = tally_.counts();
        summary.bytes = bytes_hashed_;
        summary.api_calls = session_.calls();
        return summary;
    }

  private:
    // The files to compare, and how many bytes are to be hashed for it.
    Status collect() {
        if (const Status listed = options_.receipts ? add_receipts() : add_named(); !listed)
            return listed;
        for (std::size_t i = 0; i < list_.size() && !cancel_.cancelled(); ++i) {
            const auto item = item_at(i);
            if (!item.ok())
                return item.status();
            bytes_total_ += bytes_to_hash(*item, options_.by);
        }
        return {};
    }

    Status add_receipts() {
        const std::string path = absolute_path(options_.work_dir, *options_.receipts);
        const auto bad = read_receipts(path, list_, log_, cancel_);
        if (!bad.ok() && bad.error().kind == ErrorKind::not_found && options_.dry_run) {
            log_.warn("there are no receipts " + printable(path) + " yet: nothing can be told of the files in them");
            return {};
        }
        if (!bad.ok())
            return bad.error().kind == ErrorKind::not_found ? Status(ErrorKind::invalid, bad.error().message)
                                                            : bad.status();
        unusable_lines_ = *bad > 0;
        tally_.bad_lines(*bad);
        return {};
    }

    Status add_named() {
        if (!options_.uploaded)
            return select_local(options_, list_, log_, cancel_);
        for (const VerifyItem& item : *options_.uploaded)
            if (const Status added = list_.add(item); !added)
                return added;
        return keep_last(list_, log_);
    }

    Result<VerifyItem> item_at(std::size_t index) const {
        auto item = list_.at(index);
        if (item.ok())
            item->path = local_path(item->path, options_.work_dir);
        return item;
    }

    std::uint64_t tell_plan() const {
        const std::uint64_t calls = (list_.size() + records_per_call - 1) / records_per_call;
        log_.info("would compare " + count_of(list_.size(), "file") + " with the platform's records, in " +
                  count_of(calls, "API call") + (options_.uploaded || options_.receipts ? "" : " or more") +
                  ", and hash " + format_size(bytes_total_));
        return calls;
    }

    Status compare_all() {
        listener_.begin(list_.size());
        for (std::size_t begin = 0; begin < list_.size(); begin += verified_at_once) {
            tell_progress(false);
            if (const Status compared = compare(begin, std::min(list_.size(), begin + verified_at_once)); !compared)
                return compared;
        }
        return cancel_.cancelled() ? stopped() : Status();
    }

    Status compare(std::size_t begin, std::size_t end) {
        std::vector<VerifyItem> items;
        for (std::size_t i = begin; i < end; ++i) {
            auto item = item_at(i);
            if (!item.ok())
                return item.status();
            items.push_back(std::move(*item));
        }
        const auto records = records_.of(items);
        if (!records.ok())
            return records.error().kind == ErrorKind::cancelled ? stopped() : records.status();
        std::vector<VerifiedFile> verified(items.size());
        run_in_slots(
            environment_.arena, items.size(), options_.parallel, cancel_,
            [&](std::size_t i) { check(items[i], (*records)[i], verified[i]); }, [this] { tell_progress(false); });
        if (cancel_.cancelled())
            return stopped();
        if (const std::lock_guard lock(mutex_); !broken_.ok())
            return broken_;
        for (const VerifiedFile& file : verified) {
            tally_.add(file);
            listener_.file(file);
        }
        return {};
    }

    // In a slot.
    void check(const VerifyItem& item, const RemoteRecord& record, VerifiedFile& verified) {
        const std::uint64_t foreseen = bytes_to_hash(item, options_.by);
        std::uint64_t hashed = 0;
        auto checked = check_file(item, record, options_.by, log_, cancel_, [&](std::uint64_t bytes) {
            hashed += bytes;
            bytes_hashed_ += bytes;
            bytes_done_ += bytes;
        });
        if (hashed < foreseen) // its end came early; nobody is to wait for the rest
            bytes_done_ += foreseen - hashed;
        ++files_done_;
        if (checked.ok()) {
            verified = std::move(*checked);
            return;
        }
        const std::lock_guard lock(mutex_);
        if (broken_.ok())
            broken_ = checked.status();
    }

    Status stopped() const {
        return {ErrorKind::cancelled, "stopped with " + std::to_string(tally_.counts().all()) + " of " +
                                          count_of(list_.size(), "file") + " compared"};
    }

    void tell_progress(bool final) {
        const QuotaLevel quota = environment_.platform.quota.level();
        UploadProgress progress;
        progress.bytes_done = bytes_done_;
        progress.bytes_total = std::max<std::uint64_t>(bytes_total_, progress.bytes_done);
        progress.bytes_sent = bytes_hashed_;
        progress.files_done = files_done_;
        progress.files_total = list_.size();
        progress.api_calls = session_.calls();
        progress.calls_left = quota.left;
        progress.calls_limit = quota.limit;
        if (!final && session_.line_dead())
            progress.waiting_for = "the platform, which cannot be reached";
        listener_.progress(progress, final);
    }

    const VerifyOptions& options_;
    const VerifyEnvironment& environment_;
    Log& log_;
    VerifyListener& listener_;
    CancelToken& cancel_;
    PlatformSession session_;
    RemoteRecords records_;
    VerifyTally tally_;
    VerifyList list_;
    bool unusable_lines_ = false;
    std::uint64_t bytes_total_ = 0;
    std::atomic<std::uint64_t> bytes_done_{0};   // of bytes_total_
    std::atomic<std::uint64_t> bytes_hashed_{0}; // really
    std::atomic<std::uint64_t> files_done_{0};
    std::mutex mutex_; // of broken_
    Status broken_;
};

} // namespace

VerifySummary verify_files(const VerifyOptions& options, const VerifyEnvironment& environment, VerifyListener& listener,
                           CancelToken& cancel) {
    VerifySummary summary;
    std::string defect = "of an unknown kind";
    try {
        return VerifyJob(options, environment, listener, cancel).run();
    } catch (const std::exception& exception) {
        defect = printable(exception.what());
    } catch (...) {
    }
    summary.status = {ErrorKind::internal, "an unexpected failure inside Ferry: " + defect};
    return summary;
}

} // namespace ferry
