#include "transfer/upload_job.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "platform/platform_session.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/bandwidth_limit.hpp"
#include "transfer/job_outcome.hpp"
#include "transfer/job_slots.hpp"
#include "transfer/part_sizer.hpp"
#include "transfer/plan_report.hpp"
#include "transfer/remote_names.hpp"
#include "transfer/storage_gate.hpp"
#include "transfer/upload_plan.hpp"
#include "transfer/upload_slot.hpp"
#include "transfer/work_queue.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_set>
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
constexpr std::size_t ids_in_message = 3;

// The same for the same step run again, and for no other; endpoint and target are added by the journal.
std::string instance_of(const UploadOptions& options) {
    std::string text = options.work_dir;
    for (const FileRequest& file : options.files)
        text += '\0' + std::string(file.literal ? "=" : "*") + file.path + '\0' + file.name.value_or("");
    return text;
}

std::string drop_command(const std::vector<OpenEnd>& open) {
    std::string ids;
    for (const OpenEnd& end : open)
        ids += (ids.empty() ? "\"" : ",\"") + printable(end.upload_id) + '"';
    return "ferry task uploads-abort --set 'upload_ids=[" + ids + "]'";
}

class UploadJob {
  public:
    UploadJob(const UploadOptions& options, const UploadEnvironment& environment, UploadListener& listener,
              CancelToken& cancel)
        : options_(options)
        , environment_(environment)
        , listener_(listener)
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
        , outcome_(listener, environment.log) {}

    UploadSummary run() {
        Status status = upload();
        outcome_.flush();
        report(progress_, true);
        return {.files = outcome_.files(),
                .bytes = outcome_.bytes(),
                .api_calls = api_.calls.load(),
                .planned = planned_,
                .status = std::move(status)};
    }

  private:
    Status upload();
    Result<NameCheck> plan();
    Status open_journal(const PlanList& files);
    void lost_lease(std::string reason);
    Result<NameCheck> look_up(const PlanList& files);
    Status tell_plan(const NameCheck& check);
    JobShape shape_of(const PlanList& files) const;
    Status tell_done(const NameCheck& check);
    Status transfer(const PlanList& files);
    void follow(WorkQueue& queue, JobSlots& slots, int most);
    void report_stored(const std::vector<OpenEnd>& open);
    Status verdict(const WorkQueue& queue);
    void report(UploadProgress progress, bool final);

    const UploadOptions& options_;
    const UploadEnvironment& environment_;
    UploadListener& listener_;
    CancelToken stop_; // cancelled with the caller's, and when nothing can go on
    CancelToken::Registration chain_;
    LineGate line_; // to the API
    LineGate storage_line_;
    StorageGate own_gate_;
    StorageAccess storage_;
    BandwidthLimit bandwidth_;
    ApiContext api_;
    JobOutcome outcome_;
    std::mutex mutex_;
    std::optional<Error> lost_lease_;        // guarded by mutex_
    std::unique_ptr<UploadJournal> journal_; // its lease's thread uses the members above
    UploadProgress progress_;                // the queue's last; zeros where it did not come to sending
    std::uint64_t bytes_told_ = 0;
    std::uint64_t settled_ = 0;     // files that were done, or had failed, before sending began
    std::uint64_t done_before_ = 0; // of them
    std::optional<PlannedWork> planned_;
};

Status UploadJob::upload() {
    Result<NameCheck> check = plan();
    if (!check.ok())
        return check.error();
    if (options_.dry_run)
        return tell_plan(*check);
    if (const Status told = tell_done(*check); !told)
        return told;
    return check->to_upload.files() == 0 ? outcome_.status(std::nullopt) : transfer(check->to_upload);
}

Result<NameCheck> UploadJob::plan() {
    const Result<PlanList> files = plan_files(options_, environment_.log, stop_);
    if (!files.ok())
        return files.error();
    if (const Status opened = open_journal(*files); !opened)
        return opened.error();
    return look_up(*files);
}

Status UploadJob::tell_done(const NameCheck& check) {
    done_before_ = check.done.count();
    settled_ = done_before_ + check.failed.size();
    for (std::uint64_t place = 0; place < check.done.end();) {
        const Result<FileResult> result = check.done.take(place);
        if (!result.ok())
            return result.error();
        outcome_(*result);
    }
    for (const FailedFile& file : check.failed)
        outcome_(file);
    return {};
}

Status UploadJob::open_journal(const PlanList& files) {
    auto opened = UploadJournal::open({.state_dir = options_.state_dir,
                                       .endpoint = endpoint_text(options_),
                                       .project = options_.target.project,
                                       .parent = options_.target.parent,
                                       .instance = instance_of(options_),
                                       .read_only = options_.dry_run},
                                      {.clock = environment_.clock,
                                       .log = environment_.log,
                                       .on_lost = [this](std::string reason) { lost_lease(std::move(reason)); }},
                                      stop_);
    if (!opened.ok())
        return opened.error();
    journal_ = std::move(*opened);
    std::unordered_set<std::string_view> names; // those that the journal knows
    for (PlanList::Reader reader(files); journal_->knows_any() && reader.more();) {
        const Result<PlannedFile> file = reader.next();
        if (!file.ok())
            return file.error();
        if (const SavedFile* saved = journal_->saved(file->name))
            names.insert(saved->name);
    }
    return journal_->begin(names);
}

void UploadJob::lost_lease(std::string reason) {
    {
        std::lock_guard lock(mutex_);
        lost_lease_ = Error{ErrorKind::conflict, std::move(reason) + "; this one stops and leaves the rest to it"};
    }
    stop_.cancel();
}

Result<NameCheck> UploadJob::look_up(const PlanList& files) {
    if (options_.offline)
        return check_names(nullptr, options_, *journal_, files, environment_.log, stop_);
    const std::unique_ptr<HttpTransport> transport = environment_.transports.make();
    PlatformApi api(api_, *transport, stop_);
    return check_names(&api, options_, *journal_, files, environment_.log, stop_);
}

JobShape UploadJob::shape_of(const PlanList& files) const {
    return {.files = files.files(),
            .bytes = files.bytes(),
            .places = options_.parallel_parts,
            .bandwidth_limit = options_.bandwidth_limit};
}

Status UploadJob::tell_plan(const NameCheck& check) {
    const PartSizer sizer(options_.part_size, shape_of(check.to_upload), environment_.pace);
    const auto planned = tell_planned(check, sizer, *journal_, environment_.log);
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
                     .part_size = [&sizer](std::uint64_t file_size) { return sizer.size_for(file_size); },
                     .slots = slots},
                    files, environment_.clock);
    const CancelToken::Registration halt(stop_, [&queue] { queue.stop(std::nullopt); });
    SenderContext sender{.api = api_,
                         .storage_line = storage_line_,
                         .storage = storage_,
                         .bandwidth = bandwidth_,
                         .verify = options_.verify};
    SlotContext context{.api = api_,
                        .sender = sender,
                        .transports = environment_.transports,
                        .queue = queue,
                        .journal = *journal_,
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
    progress_ = queue.progress();
    return verdict(queue);
}

void UploadJob::follow(WorkQueue& queue, JobSlots& slots, int most) {
    Instant next_report = environment_.clock.now();
    do {
        if (slots.started() < most && queue.parts_begun() > static_cast<std::uint64_t>(slots.started()))
            slots.start(most - slots.started());
        for (const Notice& notice : queue.wait(progress_interval))
            std::visit(outcome_, notice);
        if (const Instant now = environment_.clock.now(); now >= next_report) {
            report(queue.progress(), false);
            next_report = now + progress_interval;
        }
    } while (!queue.over());
}

void UploadJob::report(UploadProgress progress, bool final) {
    // A file that has to start over loses its stored bytes; a display that runs backwards would help nobody.
    progress.parts_in_flight = static_cast<std::uint32_t>(storage_.in_use.load());
    progress.bytes_done = bytes_told_ = std::max(bytes_told_, progress.bytes_done);
    progress.files_done += done_before_;
    progress.files_total += settled_;
    listener_.progress(progress, final);
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
    const std::string drop = left.open.empty() ? std::string()
                             : left.open.size() <= ids_in_message
                                 ? ", or drop what is stored: " + drop_command(left.open)
                                 : ", or see what is stored with ferry task uploads-list";
    const std::string rest = std::to_string(left.files_begun) + " unfinished with " +
                             count_of(left.parts_stored, "part") + " stored, which the platform keeps, " +
                             std::to_string(left.files_untouched) + " not begun; run the same again to go on" + drop;
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
