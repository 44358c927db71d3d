#include "transfer/upload_job.hpp"

#include "base/ticker.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "metadata/metadata_setter.hpp"
#include "platform/platform_session.hpp"
#include "selection/local_tree.hpp"
#include "transfer/bandwidth_limit.hpp"
#include "transfer/job_outcome.hpp"
#include "transfer/job_progress.hpp"
#include "transfer/job_slots.hpp"
#include "transfer/new_names.hpp"
#include "transfer/part_sizer.hpp"
#include "transfer/plan_report.hpp"
#include "transfer/receipts.hpp"
#include "transfer/remote_folders.hpp"
#include "transfer/storage_gate.hpp"
#include "transfer/upload_preflight.hpp"
#include "transfer/upload_slot.hpp"
#include "transfer/work_queue.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace ferry {
namespace {

constexpr Duration progress_interval{200};

// Slots beyond those that send: while the others do, these get URLs, and begin and complete files (contract 2 wants the
// calls at once to be modest).
constexpr int most_ahead = 16;

// A stop leaves a second in all: the slots have come back by then, and what is reported is only a help.
constexpr Duration report_time{400}; // for one upload
constexpr Duration stop_time{600};   // for all

class UploadJob {
  public:
    UploadJob(const UploadOptions& options, const UploadEnvironment& environment, UploadListener& listener,
              CancelToken& cancel)
        : options_(options)
        , environment_(environment)
        , chain_(cancel, [this] { stop_.cancel(); })
        , line_(environment.clock, environment.log, "the platform", options.parallel_parts)
        , storage_line_(environment.clock, environment.log, "the object storage", options.parallel_parts)
        , own_gate_(environment.clock, environment.pace, options.parallel_parts)
        , storage_{environment.storage ? *environment.storage : own_gate_, environment.log}
        , bandwidth_(environment.clock, options.bandwidth_limit)
        , api_(make_api_context(
              options,
              {environment.transports, environment.quota, environment.clock, environment.random, environment.log},
              line_))
        , folders_(options.target)
        , outcome_(listener, environment.log)
        , progress_({api_, storage_line_, storage_, outcome_}, listener) {
        api_.project = options.target.project;
    }

    UploadSummary run() {
        Status status = upload();
        outcome_.flush();
        progress_.tell(sent_, true);
        const bool ours = !status && journal_ && !options_.dry_run && !lease_is_lost();
        return {.files = outcome_.files(),
                .of_files = of_files_,
                .bytes = outcome_.bytes(),
                .api_calls = api_.calls.load(),
                .planned = planned_,
                .status = std::move(status),
                .left = ours ? journal_->left() : LeftUploads()};
    }

  private:
    template <typename Call> auto telling(Call call);
    Status upload();
    Result<NameCheck> plan();
    void lost_lease(std::string reason);
    Status tell_plan(const NameCheck& check);
    JobShape shape_of(const PlanList& files) const;
    Status open_receipts();
    Status tell_done(const NameCheck& check);
    Status transfer(const PlanList& files);
    void follow(WorkQueue& queue, JobSlots& slots, int most);
    void report_stored(const std::vector<OpenEnd>& open);
    Status verdict(const WorkQueue& queue);
    Status describe_rest(Status status);
    bool lease_is_lost();

    const UploadOptions& options_;
    const UploadEnvironment& environment_;
    CancelToken stop_; // cancelled with the caller's, and when nothing can go on
    CancelToken::Registration chain_;
    LineGate line_; // to the API
    LineGate storage_line_;
    StorageGate own_gate_;
    PartHasher own_hasher_;
    StorageAccess storage_;
    BandwidthLimit bandwidth_;
    ApiContext api_;
    RemoteFolders folders_;
    NewNames new_names_;
    JobOutcome outcome_;
    std::mutex mutex_;
    std::optional<Error> lost_lease_;        // guarded by mutex_
    std::unique_ptr<UploadJournal> journal_; // its lease's thread uses the members above
    JobProgress progress_;
    UploadProgress sent_;        // the queue's last; zeros where it did not come to sending
    std::uint64_t of_files_ = 0; // of the step; 0 until they are known
    std::optional<PlannedWork> planned_;
    std::optional<MetadataSetter> metadata_; // its thread uses the members above
};

// What waits on the job's own thread can wait for hours, for a line, the quota or maintenance: the display says so.
template <typename Call> auto UploadJob::telling(Call call) {
    const Ticker ticker(progress_interval, [this] { progress_.tell(sent_, false); });
    return call();
}

Status UploadJob::upload() {
    Result<NameCheck> check = options_.offline ? plan() : telling([this] { return plan(); });
    if (!check.ok())
        return check.error();
    of_files_ = check->done.count() + check->failed.size() + check->to_upload.files();
    outcome_.expect(of_files_);
    if (options_.dry_run)
        return tell_plan(*check);
    metadata_.emplace(MetadataSetter::Context{api_, environment_.transports, *journal_, stop_});
    if (const Status told = tell_done(*check); !told)
        return told;
    return outcome_.close_receipts(
        describe_rest(check->to_upload.files() == 0 ? outcome_.status(std::nullopt) : transfer(check->to_upload)));
}

Status UploadJob::open_receipts() {
    if (!options_.receipts)
        return {};
    std::string path = absolute_path(options_.work_dir, *options_.receipts);
    if (options_.dry_run)
        return Receipts::check(path);
    return outcome_.keep_receipts(std::move(path));
}

// What is uploaded is to get its metadata, however the others fared. `status`: how they did.
Status UploadJob::describe_rest(Status status) {
    const bool refused = !status && status.error().kind == ErrorKind::auth;
    const bool hopeless = refused || lease_is_lost();
    const LackingMetadata lacking = telling([this, hopeless] { return metadata_->finish(hopeless); });
    if (!lacking.any())
        return status;
    if (status)
        return {lacking.first.kind, lacking.sentence()};
    Error error = status.error();
    error.message += "; and " + lacking.sentence();
    return error;
}

bool UploadJob::lease_is_lost() {
    std::lock_guard lock(mutex_);
    return lost_lease_.has_value();
}

Result<NameCheck> UploadJob::plan() {
    PlanProblems problems;
    if (const Status receipts = open_receipts(); !receipts)
        problems.add(receipts.error());
    return look_before_upload({.options = options_,
                               .transports = environment_.transports,
                               .api = api_,
                               .folders = folders_,
                               .new_names = new_names_,
                               .stop = stop_,
                               .on_lost = [this](std::string reason) { lost_lease(std::move(reason)); }},
                              std::move(problems), journal_);
}

Status UploadJob::tell_done(const NameCheck& check) {
    progress_.begin(check.done.count(), check.failed.size());
    for (std::uint64_t place = 0; place < check.done.end();) {
        Result<FileResult> result = check.done.take(place);
        if (!result.ok())
            return result.error();
        metadata_->add(*result);
        outcome_(*result);
    }
    for (const FailedFile& file : check.failed)
        outcome_(file);
    return {};
}

void UploadJob::lost_lease(std::string reason) {
    {
        std::lock_guard lock(mutex_);
        lost_lease_ = Error{ErrorKind::conflict, std::move(reason) + "; this one stops and leaves the rest to it"};
    }
    stop_.cancel();
}

JobShape UploadJob::shape_of(const PlanList& files) const {
    return {.files = files.files(),
            .bytes = files.bytes(),
            .places = options_.parallel_parts,
            .bandwidth_limit = options_.bandwidth_limit};
}

Status UploadJob::tell_plan(const NameCheck& check) {
    const PartSizer sizer(options_.part_size, shape_of(check.to_upload), environment_.pace);
    const auto planned = tell_planned({.check = check,
                                       .sizer = sizer,
                                       .journal = *journal_,
                                       .conflict = options_.conflict,
                                       .folders = options_.offline ? nullptr : &folders_,
                                       .looked_up = options_.offline ? check.not_asked : check.asked,
                                       .log = environment_.log});
    if (!planned.ok())
        return planned.error();
    planned_ = *planned;
    for (const FailedFile& file : check.failed)
        outcome_(file);
    return outcome_.status(std::nullopt);
}

// The slots work while this thread passes on what they tell.
Status UploadJob::transfer(const PlanList& files) {
    const int places = options_.parallel_parts;
    if (const int possible = environment_.arena.effective_capacity(); possible < places)
        environment_.log.warn("only " + std::to_string(possible) + " of " + std::to_string(places) +
                              " parts can be sent at once: other code in this process holds TBB to fewer threads");
    const PartSizer sizer(options_.part_size, shape_of(files), environment_.pace);
    const int slots = places + std::min(places, most_ahead);
    WorkQueue queue({.target = options_.target,
                     .overwrite = options_.conflict == Conflict::overwrite,
                     .rename = options_.conflict == Conflict::rename,
                     .part_size = [&sizer](std::uint64_t file_size) { return sizer.size_for(file_size); },
                     .slots = slots},
                    files, environment_.clock);
    const CancelToken::Registration halt(stop_, [&queue] { queue.stop(std::nullopt); });
    SenderContext sender{.api = api_,
                         .storage_line = storage_line_,
                         .storage = storage_,
                         .bandwidth = bandwidth_,
                         .hasher = environment_.hasher ? *environment_.hasher : own_hasher_,
                         .verify = options_.verify};
    SlotContext context{.api = api_,
                        .sender = sender,
                        .transports = environment_.transports,
                        .queue = queue,
                        .journal = *journal_,
                        .folders = folders_,
                        .new_names = new_names_,
                        .conflict = options_.conflict,
                        .stop = stop_};
    JobSlots job_slots(environment_.arena, [&context]() noexcept { work_in_slot(context); });
    job_slots.start(useful_slots(files, sizer, slots));
    try {
        follow(queue, job_slots, slots);
    } catch (...) { // a listener's: the slots must be gone before the queue is
        stop_.cancel();
        throw;
    }
    job_slots.join();
    sent_ = queue.progress();
    return verdict(queue);
}

void UploadJob::follow(WorkQueue& queue, JobSlots& slots, int most) {
    Instant next_report = environment_.clock.now();
    do {
        if (slots.started() < most && queue.parts_begun() > static_cast<std::uint64_t>(slots.started()))
            slots.start(most - slots.started());
        for (Notice& notice : queue.wait(progress_interval)) {
            if (auto* result = std::get_if<FileResult>(&notice))
                metadata_->add(*result);
            std::visit(outcome_, notice);
        }
        if (const Instant now = environment_.clock.now(); now >= next_report) {
            progress_.tell(queue.progress(), false);
            next_report = now + progress_interval;
        }
    } while (!queue.over());
}

// So that any program, on any machine, can see what is stored; the journal has it already.
void UploadJob::report_stored(const std::vector<OpenEnd>& open) {
    const std::unique_ptr<HttpTransport> transport = environment_.transports.make();
    PlatformApi api(api_, *transport, stop_);
    const Instant end = environment_.clock.now() + stop_time;
    for (const OpenEnd& one : open) {
        const Instant now = environment_.clock.now();
        if (one.unreported.empty())
            continue;
        if (now >= end || !api.report_at_stop(one.upload_id, one.unreported, std::min(report_time, end - now)))
            return;
    }
}

Status UploadJob::verdict(const WorkQueue& queue) {
    std::optional<Error> cause = queue.stopped_by();
    const Unfinished left = queue.unfinished();
    {
        std::lock_guard lock(mutex_);
        if (lost_lease_)
            return outcome_.status(lost_lease_);
    }
    if (left.files_begun + left.files_untouched == 0)
        return outcome_.status(cause);
    if (!cause || cause->kind != ErrorKind::auth)
        report_stored(left.open);
    const std::string rest = std::to_string(left.files_begun) + " unfinished with " +
                             count_of(left.parts_stored, "part") + " stored, which the platform keeps, " +
                             std::to_string(left.files_untouched) + " not begun; run the same again to go on";
    if (cause) {
        cause->message += "; " + count_of(outcome_.files(), "file") + " done, " + rest;
        return outcome_.status(cause);
    }
    std::string message = "stopped on request: " + count_of(outcome_.files(), "file") + " done, ";
    if (outcome_.failed() > 0)
        message += std::to_string(outcome_.failed()) + " failed, ";
    return {ErrorKind::cancelled, message + rest};
}

} // namespace

UploadSummary run_upload(const UploadOptions& options, const UploadEnvironment& environment, UploadListener& listener,
                         CancelToken& cancel) {
    std::string defect = "of an unknown kind";
    try {
        return UploadJob(options, environment, listener, cancel).run();
    } catch (const std::exception& exception) {
        defect = printable(exception.what());
    } catch (...) {
    }
    return {.status = {ErrorKind::internal, "an unexpected failure inside Ferry ended the upload: " + defect}};
}

} // namespace ferry
