#include "transfer/upload_slot.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "transfer/file_source.hpp"
#include "transfer/upload_events.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace ferry {
namespace {

constexpr int max_inits = 3; // until the platform's part size fits the file

// Of a call on an upload that was open: the platform does not know it any more.
bool upload_gone(const Error& error) {
    return error.kind == ErrorKind::not_found;
}

std::string bytes(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

Error defect_in(const std::string& where, const std::string& what) {
    return {ErrorKind::internal,
            where + ": an unexpected failure inside Ferry, which ends the step: " + printable(what)};
}

void stop_all(SlotContext& context, Error reason) {
    context.queue.stop(std::move(reason)); // first, so that what the cancel ends finds the reason set
    context.stop.cancel();
}

} // namespace

UploadSlot::UploadSlot(SlotContext& context)
    : context_(context)
    , transport_(context.transports.make())
    , api_(context.api, *transport_, context.stop)
    , sender_(context.sender, api_, *transport_, context.stop) {}

void UploadSlot::run() {
    while (const std::optional<Work> work = context_.queue.next()) {
        std::optional<Error> defect;
        try {
            perform(*work);
        } catch (const std::exception& exception) {
            defect = defect_in(printable(work->session->file().name), exception.what());
        } catch (...) {
            defect = defect_in(printable(work->session->file().name), "of an unknown kind");
        }
        if (defect) {
            stop_all(context_, *defect);
            context_.queue.work_failed(*work, {.error = std::move(*defect)});
        }
    }
}

void UploadSlot::perform(const Work& work) {
    switch (work.kind) {
    case WorkKind::init:
        return do_init(work);
    case WorkKind::part:
        return do_part(work);
    case WorkKind::complete:
        return do_complete(work);
    case WorkKind::abort:
        return do_abort(work);
    }
}

void UploadSlot::do_init(const Work& work) {
    if (const std::string& lost = work.session->lost_upload(); !lost.empty()) {
        context_.api.log.warn(printable(work.session->file().name) + ": the platform does not know its upload " +
                              printable(lost) + " any more; it is sent again from the start");
        // Its storage may have gone alone. That it cannot be aborted is what was to be expected.
        if (const Status aborted = api_.abort(lost); !aborted && aborted.error().kind == ErrorKind::cancelled)
            return fail(work, {.error = aborted.error()});
    }
    Result<OpenedUpload> opened = open_upload(*work.session);
    if (!opened.ok())
        return fail(work, {.error = opened.error()});
    context_.queue.tell(file_started_event(work.session->file(), *opened));
    context_.queue.init_done(work, std::move(*opened));
}

Result<OpenedUpload> UploadSlot::open_upload(const UploadSession& session) {
    const PlannedFile& file = session.file();
    if (const Status same = check_unchanged(file.path, file.identity); !same)
        return same.error();
    InitRequest request = session.request();
    UploadInfo info;
    for (int i = 0; i < max_inits; ++i) {
        Result<UploadInfo> answer = api_.init(request);
        if (!answer.ok())
            return answer.error();
        info = std::move(*answer);
        if (const auto plan = PartPlan::make(request.size, info.part_size))
            return OpenedUpload{info.upload_id, *plan, info.parallel};
        // Contract 3: a part size that gives more than 10,000 parts calls for another init with a larger wish.
        if (const Status aborted = api_.abort(info.upload_id); !aborted)
            return aborted.error();
        request.part_size = std::max(2 * request.part_size, least_part_size(request.size));
    }
    return Error{ErrorKind::platform, printable(file.name) + ": the platform insists on parts of " +
                                          bytes(info.part_size) + ", which cannot hold " + bytes(request.size) +
                                          " in 10,000 parts"};
}

void UploadSlot::do_part(const Work& work) {
    const UploadSession& session = *work.session;
    const auto on_retry = [&](const RetryNotice& notice) {
        context_.api.log.debug(printable(session.file().name) + ": part " + std::to_string(notice.number) +
                               ": trying again in " + format_duration(notice.wait) + ": " + notice.reason);
        context_.queue.tell(retry_event(session.file(), notice));
    };
    PartOutcome outcome = sender_.send(session.part_job(work.part), on_retry);
    if (auto* failure = std::get_if<PartFailure>(&outcome)) {
        const bool changed = failure->error.kind == ErrorKind::changed;
        return fail(work, {.error = std::move(failure->error), .vanished = failure->vanished, .drop = changed});
    }
    auto& sent = std::get<SentPart>(outcome);
    const bool report_now = !session.opened().parallel; // contract 4.9: before the next URL is asked for
    if (report_now) {
        if (const Status reported = api_.report(session.opened().upload_id, sent.report); !reported)
            return fail(work, {.error = reported.error(), .vanished = upload_gone(reported.error())});
    }
    context_.queue.tell(part_done_event(session, work.part));
    context_.queue.part_done(work, std::move(sent), report_now);
}

void UploadSlot::do_complete(const Work& work) {
    const UploadSession& session = *work.session;
    const PlannedFile& file = session.file();
    if (const Status same = check_unchanged(file.path, file.identity); !same)
        return fail(work, {.error = same.error(), .drop = same.error().kind == ErrorKind::changed});
    Result<RemoteFile> remote = api_.complete(session.opened().upload_id, session.request(), session.unreported());
    if (!remote.ok()) {
        // No vendor text says whether empty files are taken (contract 3): if not, there is nothing worth keeping.
        const bool no_empty_files = file.identity.size == 0 && remote.error().kind == ErrorKind::platform;
        return fail(work, {.error = remote.error(), .vanished = upload_gone(remote.error()), .drop = no_empty_files});
    }
    Result<FileResult> result = completed(session, std::move(*remote));
    if (!result.ok())
        return fail(work, {.error = result.error(), .closed = true});
    context_.queue.complete_done(work, std::move(*result));
}

// The platform's record against what was sent.
Result<FileResult> UploadSlot::completed(const UploadSession& session, RemoteFile remote) {
    const PlannedFile& file = session.file();
    if (!remote.size) {
        const Result<RemoteFile> full = api_.file(remote.id);
        if (!full.ok() && full.error().kind == ErrorKind::cancelled)
            return full.error();
        const std::string reason = full.ok() ? "its record does not tell it" : full.error().message;
        if (!full.ok() || !full->size)
            return Error{ErrorKind::platform,
                         printable(file.name) + ": the platform took it as file " + printable(remote.id) +
                             ", but not its size, so it may not be whole: " + reason +
                             "; compare that file's size with " + bytes(file.identity.size) + " there"};
        remote.size = full->size;
    }
    if (*remote.size != file.identity.size)
        return Error{ErrorKind::platform, printable(file.name) + ": the platform put together " + bytes(*remote.size) +
                                              " (file " + printable(remote.id) + ") from the " +
                                              bytes(file.identity.size) +
                                              " of the local file; delete that file and upload it again"};
    if (!remote.name.empty() && remote.name != file.name)
        context_.api.log.warn(printable(file.name) + ": the platform named the file " + printable(remote.name) +
                              " (file " + printable(remote.id) + ")");
    const Target& target = session.request().target;
    return FileResult{.position = file.position,
                      .path = file.path,
                      .name = remote.name.empty() ? file.name : remote.name,
                      .id = remote.id,
                      .size = file.identity.size,
                      .project = remote.project.empty() ? target.project : remote.project,
                      .parent = remote.parent.empty() ? target.parent : remote.parent,
                      .parts = session.opened().plan.count(),
                      .part_size = session.opened().plan.part_size(),
                      .etag = session.etag(),
                      .upload_id = session.opened().upload_id};
}

void UploadSlot::do_abort(const Work& work) {
    const Status aborted = api_.abort(work.session->opened().upload_id);
    if (!aborted)
        context_.api.log.warn(printable(work.session->file().name) + ": the upload " +
                              work.session->opened().upload_id + " could not be aborted: " + aborted.error().message);
    context_.queue.abort_done(work, aborted.ok());
}

void UploadSlot::fail(const Work& work, WorkFailure failure) {
    const ErrorKind kind = failure.error.kind;
    // Neither a refused token nor a line that stayed dead gets better with the next file.
    const bool dead = context_.api.line.dead() || context_.sender.storage_line.dead();
    if (kind == ErrorKind::auth || (kind == ErrorKind::network && dead))
        stop_all(context_, failure.error);
    context_.queue.work_failed(work, std::move(failure));
}

void work_in_slot(SlotContext& context) noexcept {
    try {
        UploadSlot(context).run();
    } catch (const std::exception& exception) {
        stop_all(context, defect_in("a part slot", exception.what()));
    } catch (...) {
        stop_all(context, defect_in("a part slot", "of an unknown kind"));
    }
}

} // namespace ferry
