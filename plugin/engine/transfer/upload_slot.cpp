#include "transfer/upload_slot.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "transfer/file_source.hpp"
#include "transfer/new_names.hpp"
#include "transfer/remote_folders.hpp"
#include "transfer/upload_events.hpp"
#include "transfer/upload_finish.hpp"
#include "transfer/upload_start.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace ferry {
namespace {

constexpr int most_renames = 20; // of a file, where somebody else always is faster

// Of a call on an upload that was open: the platform does not know it any more.
bool upload_gone(const Error& error) {
    return error.kind == ErrorKind::not_found;
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
            defect = defect_in(printable(work->session->file().remote()), exception.what());
        } catch (...) {
            defect = defect_in(printable(work->session->file().remote()), "of an unknown kind");
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

// Makes the file's folder if it is missing.
Status UploadSlot::place(const Work& work) {
    const PlannedFile& file = work.session->file();
    auto target = context_.folders.made(api_, file.folder);
    if (!target.ok())
        return {target.error().kind, printable(file.remote()) + ": " + target.error().message};
    work.session->place(std::move(*target));
    return {};
}

// The folder may have gone since it was looked up, and the name may have been taken.
Result<StartOutcome> UploadSlot::start(const Work& work) {
    UploadSession& session = *work.session;
    const std::string& folder = session.file().folder;
    bool looked_again = false;
    for (int renames = 0;;) {
        auto started = UploadStart(context_, api_).start(session);
        if (started.ok())
            return started;
        const ErrorKind kind = started.error().kind;
        if (kind == ErrorKind::not_found && !folder.empty() && !std::exchange(looked_again, true)) {
            context_.folders.forget(folder);
            if (const Status placed = place(work); !placed)
                return placed.error();
        } else if (kind == ErrorKind::conflict && context_.conflict == Conflict::rename && renames++ < most_renames) {
            if (const Status renamed = rename(work); !renamed)
                return renamed.error();
        } else {
            return started;
        }
    }
}

Status UploadSlot::rename(const Work& work) {
    UploadSession& session = *work.session;
    const PlannedFile& file = session.file();
    const std::string who = printable(file.remote());
    auto name = context_.new_names.choose(api_, session.request().target, file.folder, file.asked(),
                                          [this](const std::string& path) { return context_.journal.reserve(path); });
    if (!name.ok())
        return {name.error().kind, who + ": " + name.error().message};
    context_.api.log.info(who + ": the name " + printable(file.name) +
                          " has been taken on the platform meanwhile, so it goes there as " + printable(*name));
    session.rename(std::move(*name));
    return {};
}

void UploadSlot::do_init(const Work& work) {
    if (const Status placed = place(work); !placed)
        return fail(work, {.error = placed.error()});
    auto started = start(work);
    if (!started.ok())
        return started.error().kind == ErrorKind::conflict ? conflicts(work, started.error())
                                                           : fail(work, {.error = started.error()});
    if (auto* found = std::get_if<FoundComplete>(&*started))
        return finish(work, std::move(*found));
    auto& opened = std::get<OpenedUpload>(*started);
    context_.queue.tell(file_started_event(work.session->file(), opened));
    context_.queue.init_done(work, std::move(opened));
}

void UploadSlot::do_part(const Work& work) {
    const UploadSession& session = *work.session;
    const auto on_retry = [&](const RetryNotice& notice) {
        context_.api.log.debug(printable(session.file().remote()) + ": part " + std::to_string(notice.number) +
                               ": trying again in " + format_duration(notice.wait) + ": " + notice.reason);
        ++context_.api.retries;
        context_.queue.tell(retry_event(session, notice));
    };
    const auto on_stored = [&](const SentPart& sent) {
        context_.journal.part_stored(session.file().remote(), {.report = sent.report,
                                                               .size = session.opened().plan.range(work.part).size,
                                                               .md5 = sent.md5,
                                                               .verified = sent.verified});
    };
    PartOutcome outcome = sender_.send(session.part_job(work.part), on_retry, on_stored);
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
    Result<RemoteFile> remote = UploadFinish(context_, api_).complete(session);
    if (remote.ok())
        return finish(work, {.remote = std::move(*remote), .upload = session.opened(), .etag = session.etag()});
    const Error& error = remote.error();
    if (error.kind == ErrorKind::conflict)
        return conflicts(work, error);
    if (error.kind == ErrorKind::incomplete)
        return mend(work, error);
    // No vendor text says whether empty files are taken (contract 3): if not, there is nothing worth keeping.
    const bool no_empty_files = session.file().identity.size == 0 && error.kind == ErrorKind::platform;
    fail(work,
         {.error = error, .vanished = upload_gone(error), .drop = error.kind == ErrorKind::changed || no_empty_files});
}

// The file is there: it counts once the platform's record is right.
void UploadSlot::finish(const Work& work, FoundComplete done) {
    const std::string name = work.session->file().remote();
    Result<FileResult> result = UploadFinish(context_, api_).check(*work.session, std::move(done));
    if (!result.ok()) {
        if (result.error().kind != ErrorKind::cancelled) // then the next run looks again
            context_.journal.dropped(name);
        return fail(work, {.error = result.error(), .closed = true});
    }
    context_.journal.done(name,
                          {.id = result->id,
                           .name = result->name,
                           .project = result->project,
                           .parent = result->parent,
                           .etag = result->etag},
                          !result->metadata.empty());
    context_.queue.complete_done(work, std::move(*result));
}

// The platform lacks parts that storage said it had: they are sent again; if that does not help, the whole file is.
void UploadSlot::mend(const Work& work, const Error& cause) {
    const UploadSession& session = *work.session;
    const Error given_up{ErrorKind::platform, cause.message};
    if (session.mends() > 0)
        return fail(work, {.error = given_up, .vanished = true, .drop = true});
    auto mended = UploadFinish(context_, api_).mend(session);
    if (!mended.ok())
        return fail(work, {.error = mended.error().kind == ErrorKind::cancelled ? mended.error() : given_up,
                           .vanished = upload_gone(mended.error())});
    context_.queue.parts_lost(work, mended->lost, mended->reported);
}

void UploadSlot::conflicts(const Work& work, Error error) {
    if (work.kind == WorkKind::complete && context_.conflict == Conflict::rename) {
        const Status renamed = rename(work);
        return fail(work, renamed ? WorkFailure{.error = std::move(error), .vanished = true, .drop = true}
                                  : WorkFailure{.error = renamed.error(), .drop = true});
    }
    auto skipped = UploadFinish(context_, api_).as_skipped(*work.session);
    if (!skipped)
        return fail(work, {.error = std::move(error)});
    if (work.kind == WorkKind::complete && api_.abort(work.session->opened().upload_id))
        context_.journal.dropped(work.session->file().remote());
    context_.queue.complete_done(work, std::move(*skipped));
}

void UploadSlot::do_abort(const Work& work) {
    const Status aborted = api_.abort(work.session->opened().upload_id);
    if (!aborted)
        context_.api.log.warn(printable(work.session->file().remote()) + ": the upload " +
                              work.session->opened().upload_id + " could not be aborted: " + aborted.error().message);
    else
        context_.journal.dropped(work.session->file().remote());
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
