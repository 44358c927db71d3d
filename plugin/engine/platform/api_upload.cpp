// The two calls that must not be repeated blindly: init and complete. After a lost answer each looks what has become of
// it first (contract 3 and 4.7).
#include "platform/platform_api.hpp"

#include "document/text.hpp"
#include "platform/api_json.hpp"
#include "platform/iso_time.hpp"

#include <algorithm>
#include <utility>

namespace ferry {
namespace {

// The platform's times and its Date header are whole seconds, so a moment may look up to two seconds younger than it
// is.
constexpr Duration clock_grain{2'000};
constexpr int completed_looks = 3; // a listing may lag behind the complete that it is to show
constexpr Duration assembly_poll{10'000};
constexpr int hasty_tries = 2; // of a complete that is refused for missing parts
constexpr int upload_exists = 8006;
constexpr int cannot_complete = 8007;

std::string title(const InitRequest& request) {
    const Target& target = request.target;
    return "'" + printable(request.name) + "' to " +
           (target.parent.empty() ? printable(target.project, 255) : "folder " + printable(target.parent, 255));
}

bool has_code(const HttpOutcome& outcome, int code) {
    const auto* response = std::get_if<HttpResponse>(&outcome);
    return response && response->status == 409 && read_platform_error(*response).code == code;
}

} // namespace

Result<UploadInfo> PlatformApi::init(const InitRequest& request) {
    const std::string doing = "cannot start the upload of " + title(request);
    if (!is_utf8(request.name))
        return Error{ErrorKind::invalid, doing + ": its name is not valid UTF-8; give another with {path, name}"};
    UploadInfo info;
    const Request init{.operation = Operation::init,
                       .method = "POST",
                       .path = request.overwrite ? "/upload/multipart?overwrite=true" : "/upload/multipart",
                       .body = init_body(request),
                       .repeatable = false};
    RetryState retry(context_.retry, context_.clock, context_.random);
    const WallTime began = context_.clock.wall(); // by our clock; the platform's is known once it has answered
    bool maybe_done = false;
    for (;;) {
        if (maybe_done) {
            auto own = find_own_upload(request, began);
            if (!own.ok())
                return own.error();
            if (*own)
                return std::move(**own);
            maybe_done = false;
        }
        if (const Status entered = enter_line(retry, doing); !entered)
            return entered.error();
        const Try tried = once(init, into(info, read_upload_info));
        retry.excuse(paused_);
        if (tried.verdict == Verdict::success)
            return info;
        maybe_done = tried.verdict == Verdict::lost;
        if (request.takes_over &&
            has_code(tried.outcome, upload_exists)) { // of this token, so ours: from another folder or machine
            auto other = find_upload(request, std::nullopt);
            if (!other.ok() || *other)
                return other.ok() ? Result<UploadInfo>(std::move(**other)) : other.error();
        }
        if (const Status waited = wait_after(tried, retry, doing); !waited) {
            if (!maybe_done || waited.error().kind == ErrorKind::cancelled)
                return waited.error();
            // Nothing more will be tried; but what the last try has opened must not stay open unknown to anybody.
            const auto own = find_own_upload(request, began);
            return own.ok() && *own ? Result<UploadInfo>(**own) : waited.error();
        }
    }
}

// The upload that a lost init has opened, if it has. The list's own Date may be the first that tells the platform's
// time.
Result<std::optional<UploadInfo>> PlatformApi::find_own_upload(const InitRequest& request, WallTime began) {
    const auto uploads = open_uploads();
    return uploads.ok() ? newest_of(*uploads, request, on_server(began)) : uploads.error();
}

Result<std::optional<UploadInfo>> PlatformApi::find_upload(const InitRequest& request, std::optional<WallTime> since) {
    const auto uploads = open_uploads();
    return uploads.ok() ? newest_of(*uploads, request, since) : uploads.error();
}

Result<std::optional<UploadInfo>> PlatformApi::newest_of(const std::vector<OpenUpload>& uploads,
                                                         const InitRequest& request, std::optional<WallTime> since) {
    std::vector<std::pair<WallTime, const OpenUpload*>> own;
    for (const OpenUpload& upload : uploads) {
        const auto initiated = parse_iso_time(upload.initiated);
        if (upload.name != request.name || (since && (!initiated || *initiated < *since - clock_grain)))
            continue;
        const auto same = same_target(upload, request.target);
        if (!same.ok())
            return same.error();
        if (*same)
            own.emplace_back(initiated.value_or(WallTime::min()), &upload);
    }
    if (own.empty())
        return std::optional<UploadInfo>();
    std::stable_sort(own.begin(), own.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 1; i < own.size(); ++i)
        context_.log.warn("another upload of '" + printable(request.name) +
                          "' was opened at the same time: " + own[i].second->upload_id + " (it is left alone)");
    const std::string& id = own.front().second->upload_id;
    context_.log.info("'" + printable(request.name) + "' has an open upload already: going on with upload " + id);
    auto state = details(id, false, "cannot read the upload of " + title(request));
    if (!state.ok())
        return state.error();
    if (!*state)
        return std::optional<UploadInfo>();
    (*state)->info.found = true;
    return std::optional(std::move((*state)->info));
}

// Lists may leave `parent` out, or give the root folder's id where the upload went to the project (contract 4.1). An
// upload whose target cannot be told is somebody else's: adopting it would mix two files.
Result<bool> PlatformApi::same_target(const OpenUpload& upload, const Target& target) {
    if (!target.parent.empty())
        return upload.parent == target.parent;
    if (upload.project != target.project)
        return false;
    if (upload.parent.empty())
        return true;
    std::string root;
    const Status got = read_project(target.project, into(root, read_root_folder));
    if (!got)
        return got.error();
    return upload.parent == root;
}

// One complete with its repetitions: what the tries so far say about the next step.
struct PlatformApi::Completion {
    bool look = false;              // a try may have done it: find out before anything else
    bool tried = false;             // a try has been sent
    std::optional<Instant> lost_at; // when the first answer was lost: the platform may be at work since
    int looks = 0;                  // that found neither upload nor file
    std::optional<Try> conflict;    // the name was taken at the last try: by an earlier one of ours?
    int incomplete = 0;             // tries in a row that were refused for missing parts, no answer lost before

    // What a try's answer means after those before it.
    void weigh(Try& answer, Instant now) {
        // An earlier try may be what ended the upload, or took the name, though its answer said otherwise.
        conflict = tried && answer.verdict == Verdict::conflict ? std::optional(answer) : std::nullopt;
        if (conflict || (tried && answer.verdict == Verdict::vanished))
            answer.verdict = Verdict::lost;
        tried = true;
        incomplete = !lost_at && has_code(answer.outcome, cannot_complete) ? incomplete + 1 : 0;
        if (answer.verdict == Verdict::lost && !lost_at)
            lost_at = now;
        look = answer.verdict == Verdict::lost;
    }
    // Large files take minutes to put together. A gateway gives up on the answer sooner, and until it is done another
    // complete is refused (8007): no reason to count tries, or to call the file lost.
    bool may_be_at_work(Verdict verdict, Instant now, Duration patience) const {
        return lost_at && verdict == Verdict::transient && now - *lost_at < patience;
    }
};

Result<RemoteFile> PlatformApi::complete(std::string_view upload_id, const InitRequest& request,
                                         const std::vector<PartReport>& parts, bool patient) {
    const std::string doing = "cannot complete the upload of " + title(request);
    RemoteFile file;
    const Request complete{.operation = Operation::complete,
                           .method = "POST",
                           .path = "/upload/multipart/" + percent_encode(upload_id) + "/complete",
                           .body = complete_body(parts),
                           .repeatable = false};
    RetryState retry(context_.retry, context_.clock, context_.random);
    const WallTime began = context_.clock.wall();
    Completion state;
    for (;;) {
        if (state.look) {
            auto fate = fate_of(std::string(upload_id), request, began, doing);
            if (!fate.ok() || fate->file)
                return fate.ok() ? Result<RemoteFile>(std::move(*fate->file)) : fate.error();
            if (fate->open && state.conflict) // the upload is there, so the name was not taken by it
                return failure(*state.conflict, {}, doing);
            state.look = !fate->open;
        }
        Try tried{Verdict::lost,
                  HttpFailure{FailureKind::lost_answer, "the upload is gone, and no file has come of it"}};
        if (!state.look) {
            if (const Status entered = enter_line(retry, doing); !entered)
                return entered.error();
            tried = once(complete, into(file, read_remote_file));
            retry.excuse(paused_);
            if (tried.verdict == Verdict::success)
                return file;
            state.weigh(tried, context_.clock.now());
            if (!patient && state.incomplete == hasty_tries)
                return Error{ErrorKind::incomplete, failure(tried, {}, doing).message};
            if (tried.verdict == Verdict::vanished) // a proxy's repetition meets what the call itself has completed
                return last_look(std::string(upload_id), request, began, failure(tried, {}, doing));
        } else if (++state.looks == completed_looks) {
            return Error{ErrorKind::not_found, doing + ": " + describe(Operation::complete, tried.outcome)};
        }
        const Instant now = context_.clock.now();
        if (now < retry.give_up_at() && state.may_be_at_work(tried.verdict, now, context_.complete_timeout)) {
            state.look = true;
            if (!context_.clock.wait_for(assembly_poll, cancel_))
                return stopped(doing);
        } else if (const Status waited = wait_after(tried, retry, doing); !waited) {
            if (state.look)
                return last_look(std::string(upload_id), request, began, waited.error());
            return state.incomplete > 0 && waited.error().kind != ErrorKind::cancelled
                       ? Error{ErrorKind::incomplete, waited.error().message}
                       : waited.error();
        }
    }
}

// Nothing more will be tried; but if the last try has worked, the file is there. `error`: what is said otherwise.
Result<RemoteFile> PlatformApi::last_look(const std::string& upload_id, const InitRequest& request, WallTime began,
                                          const Error& error) {
    if (error.kind == ErrorKind::cancelled)
        return error;
    auto fate = fate_of(upload_id, request, began, error.message);
    if (!fate.ok() && error.kind == ErrorKind::not_found)
        return fate.error(); // it may have become the file, which a new upload would meet
    return fate.ok() && fate->file ? Result<RemoteFile>(std::move(*fate->file)) : error;
}

// What has become of an upload whose complete may have been done.
Result<PlatformApi::Fate> PlatformApi::fate_of(const std::string& upload_id, const InitRequest& request, WallTime began,
                                               const std::string& doing) {
    const auto open = details(upload_id, false, doing);
    if (!open.ok())
        return open.error();
    if (open->has_value())
        return Fate{.open = true, .file = {}};
    auto found = find_completed(request, on_server(began));
    if (!found.ok())
        return found.error();
    return Fate{.open = false, .file = std::move(*found)};
}

// The file that a lost complete has made, if it has. What was there before must not be taken for it: an older file of
// the same name and size is what `overwrite` is about.
Result<std::optional<RemoteFile>> PlatformApi::find_completed(const InitRequest& request, WallTime since) {
    auto files = find_names(request.target, {request.name});
    if (!files.ok())
        return files.error();
    for (RemoteFile& file : *files) {
        if (file.folder || file.id == request.replaces)
            continue;
        if (!file.size || !file.created) {
            auto full = this->file(file.id);
            if (!full.ok())
                return full.error();
            file.size = full->size;
            file.created = full->created;
        }
        const bool young = file.created ? *file.created >= since - clock_grain : !request.overwrite;
        if (young && file.size == request.size)
            return std::optional(std::move(file));
    }
    return std::optional<RemoteFile>();
}

} // namespace ferry
