#include "transfer/upload_job.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "platform/platform_api.hpp"
#include "transfer/part_plan.hpp"
#include "transfer/remote_names.hpp"
#include "transfer/slot_arena.hpp"
#include "transfer/upload_events.hpp"
#include "transfer/upload_plan.hpp"
#include "transfer/upload_slot.hpp"
#include "transfer/work_queue.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <utility>

namespace ferry {
namespace {

constexpr Duration progress_interval{200};

std::string count(std::uint64_t number, const char* noun) {
    return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

// Puts results back into the order of the step's files: what is done early waits here for the ones before it.
class InOrder {
  public:
    explicit InOrder(UploadListener& listener) : listener_(listener) {}

    void done(FileResult result) { settle(result.position, std::move(result)); }
    void failed(std::size_t position) { settle(position, std::nullopt); }
    // The rest, past the files that neither ended well nor failed.
    void flush() {
        for (auto& [position, result] : waiting_)
            if (result)
                listener_.file_done(*result);
        waiting_.clear();
    }

  private:
    void settle(std::size_t position, std::optional<FileResult> result) {
        waiting_.emplace(position, std::move(result));
        for (auto first = waiting_.begin(); first != waiting_.end() && first->first == next_;
             first = waiting_.erase(first), ++next_)
            if (first->second)
                listener_.file_done(*first->second);
    }

    UploadListener& listener_;
    std::map<std::size_t, std::optional<FileResult>> waiting_; // nullopt: failed
    std::size_t next_ = 0;
};

// Passes results on and keeps the sums; used by the job's thread alone.
class Outcome {
  public:
    Outcome(UploadListener& listener, Log& log) : listener_(listener), log_(log), in_order_(listener) {}

    void operator()(const JobEvent& event) { listener_.event(event.type, event.json); }

    void operator()(const FileResult& result) {
        ++files_;
        skipped_ += result.skipped ? 1u : 0u;
        bytes_ += result.skipped ? 0 : result.size;
        log_.info(printable(result.name) + (result.skipped ? ": skipped, the platform has it" : ": uploaded") + " as " +
                  printable(result.id));
        (*this)(file_done_event(result));
        in_order_.done(result);
    }

    void operator()(const FailedFile& file) {
        std::string message = file.error.message;
        if (!file.upload_id.empty())
            message += "; " + (file.parts_stored == 0 ? "its" : count(file.parts_stored, "part") + " stored in its") +
                       " upload " + printable(file.upload_id) + ", which stays open";
        log_.error(printable(file.path) + " was not uploaded: " + message);
        (*this)(file_failed_event(file));
        in_order_.failed(file.position);
        if (failed_++ == 0)
            first_ = {file.error.kind, message};
    }

    // `cause`: what stopped the whole step, if something did.
    Status status(const std::optional<Error>& cause) const {
        if (!cause && failed_ == 0)
            return {};
        Error error = cause ? *cause : first_;
        const std::uint64_t further = failed_ > 0 ? failed_ - 1 : 0;
        if (further > 0)
            error.message += "; and " + count(further, "more file") + " failed";
        return error;
    }

    void flush() { in_order_.flush(); }

    std::uint64_t files() const { return files_; }
    std::uint64_t skipped() const { return skipped_; }
    std::uint64_t failed() const { return failed_; }
    std::uint64_t bytes() const { return bytes_; }

  private:
    UploadListener& listener_;
    Log& log_;
    InOrder in_order_;
    std::uint64_t files_ = 0; // done, skipped ones included
    std::uint64_t skipped_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t failed_ = 0;
    Error first_;
};

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
        , api_{.base = options.endpoint,
               .token = options.token,
               .token_source = options.token_source,
               .retry = options.retry,
               .timeouts = options.timeouts,
               .complete_timeout = options.complete_timeout,
               .clock = environment.clock,
               .random = environment.random,
               .log = environment.log,
               .quota = environment.quota,
               .line = line_}
        , outcome_(listener, environment.log) {}

    UploadSummary run() {
        Status status = upload();
        outcome_.flush();
        report(progress_, true);
        return {.files = outcome_.files(),
                .bytes = outcome_.bytes(),
                .api_calls = api_.calls.load(),
                .status = std::move(status)};
    }

  private:
    Status upload();
    Result<NameCheck> look_up(std::vector<PlannedFile> files);
    Status tell_plan(const NameCheck& check);
    Status transfer(std::vector<PlannedFile> files);
    void follow(WorkQueue& queue);
    Status verdict(const WorkQueue& queue) const;
    void report(UploadProgress progress, bool final);

    const UploadOptions& options_;
    const UploadEnvironment& environment_;
    UploadListener& listener_;
    CancelToken stop_; // cancelled with the caller's, and when nothing can go on
    CancelToken::Registration chain_;
    LineGate line_; // to the API
    LineGate storage_line_;
    ApiContext api_;
    Outcome outcome_;
    UploadProgress progress_; // the queue's last; zeros where it did not come to sending
    std::uint64_t bytes_told_ = 0;
    std::uint64_t refused_ = 0; // files that failed before sending began
};

Status UploadJob::upload() {
    Result<std::vector<PlannedFile>> files = plan_files(options_, environment_.log, stop_);
    if (!files.ok())
        return files.error();
    Result<NameCheck> check = look_up(std::move(*files));
    if (!check.ok())
        return check.error();
    if (options_.dry_run)
        return tell_plan(*check);
    for (const FileResult& result : check->skipped)
        outcome_(result);
    for (const FailedFile& file : check->failed)
        outcome_(file);
    refused_ = check->failed.size();
    return check->to_upload.empty() ? outcome_.status(std::nullopt) : transfer(std::move(check->to_upload));
}

Result<NameCheck> UploadJob::look_up(std::vector<PlannedFile> files) {
    const std::unique_ptr<HttpTransport> transport = environment_.transports.make();
    PlatformApi api(api_, *transport, stop_);
    return check_names(api, options_, std::move(files), environment_.log);
}

Status UploadJob::tell_plan(const NameCheck& check) {
    Log& log = environment_.log;
    std::uint64_t bytes = 0;
    for (const PlannedFile& file : check.to_upload)
        bytes += file.identity.size;
    std::uint64_t parts = 0;
    for (const PlannedFile& file : check.to_upload) {
        const std::uint64_t part_size = choose_part_size(options_.part_size, file.identity.size, bytes);
        const std::uint32_t of_file = PartPlan::make(file.identity.size, part_size).value_or(PartPlan()).count();
        parts += of_file;
        log.info("would upload " + printable(file.path) + " as " + printable(file.name) + ": " +
                 format_size(file.identity.size) + ", " + count(of_file, "part") + " of up to " +
                 format_size(part_size));
    }
    for (const FileResult& file : check.skipped)
        log.info("would skip " + printable(file.path) + ": the platform has it as " + printable(file.id));
    for (const FailedFile& file : check.failed)
        outcome_(file);
    const std::uint64_t calls = api_.calls.load() + parts + 2 * check.to_upload.size();
    log.info("would upload " + count(check.to_upload.size(), "file") + ", " + format_size(bytes) + ", in " +
             count(parts, "part") + " with " + count(calls, "API call") + ", and skip " +
             std::to_string(check.skipped.size()) + "; nothing was changed (dry run)");
    return outcome_.status(std::nullopt);
}

// The slots work while this thread passes on what they tell.
Status UploadJob::transfer(std::vector<PlannedFile> files) {
    const int slots = std::max(1, options_.parallel_parts);
    if (const int possible = environment_.arena.effective_capacity(); possible < slots)
        environment_.log.warn("only " + std::to_string(possible) + " of " + std::to_string(slots) +
                              " parts can be sent at once: other code in this process holds TBB to fewer threads");
    WorkQueue queue({.target = options_.target,
                     .overwrite = options_.conflict == Conflict::overwrite,
                     .part_size = options_.part_size,
                     .slots = slots},
                    std::move(files), environment_.clock);
    const CancelToken::Registration halt(stop_, [&queue] { queue.stop(std::nullopt); });
    SenderContext sender{.api = api_, .storage_line = storage_line_, .verify = options_.verify};
    SlotContext context{
        .api = api_, .sender = sender, .transports = environment_.transports, .queue = queue, .stop = stop_};
    SlotCrew crew(environment_.arena, slots, [&context]() noexcept { work_in_slot(context); });
    try {
        follow(queue);
    } catch (...) { // a listener's: the slots must be gone before the queue is
        stop_.cancel();
        crew.join();
        throw;
    }
    crew.join();
    progress_ = queue.progress();
    return verdict(queue);
}

void UploadJob::follow(WorkQueue& queue) {
    Instant next_report = environment_.clock.now();
    do {
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
    progress.bytes_done = bytes_told_ = std::max(bytes_told_, progress.bytes_done);
    progress.files_done += outcome_.skipped();
    progress.files_total += outcome_.skipped() + refused_;
    listener_.progress(progress, final);
}

Status UploadJob::verdict(const WorkQueue& queue) const {
    const std::optional<Error> cause = queue.stopped_by();
    const Unfinished left = queue.unfinished();
    if (cause || left.files_begun + left.files_untouched == 0)
        return outcome_.status(cause);
    std::string message = "stopped on request: " + count(outcome_.files(), "file") + " done, " +
                          std::to_string(left.files_begun) + " unfinished with " + count(left.parts_stored, "part") +
                          " stored, which the platform keeps, " + std::to_string(left.files_untouched) + " not begun";
    if (outcome_.failed() > 0)
        message += ", " + std::to_string(outcome_.failed()) + " failed";
    return {ErrorKind::cancelled, message};
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
