#include "transfer/upload_start.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "metadata/md5_sidecar.hpp"
#include "transfer/file_source.hpp"
#include "transfer/resume_check.hpp"

#include <algorithm>
#include <utility>

namespace ferry {
namespace {

constexpr const char* file_has_changed = "the file has changed since";
constexpr int max_inits = 3; // until the platform's part size fits the file

// Of init: then nothing was opened. Else that is not known, and the journal keeps saying so.
bool was_refused(ErrorKind kind) {
    return kind == ErrorKind::conflict || kind == ErrorKind::auth || kind == ErrorKind::rights ||
           kind == ErrorKind::invalid;
}

} // namespace

Result<StartOutcome> UploadStart::start(const UploadSession& session) {
    const PlannedFile& file = session.file();
    if (const Status same = check_unchanged(file.path, file.identity); !same)
        return same.error();
    if (!session.lost_upload().empty()) {
        if (const Status aborted = abort_lost(session); !aborted)
            return aborted.error();
    } else if (!session.renamed()) { // else all that was known of it has been dropped already
        auto found = take_up_known(session);
        if (!found.ok())
            return found.error();
        if (*found)
            return std::move(**found);
    }
    if (context_.conflict == Conflict::rename && !context_.journal.reserve(file.placed()))
        return Error{ErrorKind::conflict, printable(file.placed()) + ": another step is uploading a file of that name"};
    auto opened = open_anew(session);
    if (!opened.ok())
        return opened.error();
    return StartOutcome(std::move(*opened));
}

// nullopt: nothing is known of it, or nothing that can be gone on with.
Result<std::optional<StartOutcome>> UploadStart::take_up_known(const UploadSession& session) {
    const std::string name = session.file().remote();
    const SavedFile* saved = context_.journal.saved(name);
    std::optional<SavedFile> taken_over;
    if (context_.conflict != Conflict::rename) {
        auto others = context_.journal.claim(name, session.file().path, context_.stop);
        if (!others.ok())
            return others.error();
        taken_over = std::move(*others);
    } else if (saved && saved->pending() && !context_.journal.reserve(saved->placed())) {
        saved = nullptr; // another step has taken it over
    }
    saved = taken_over ? &*taken_over : saved;
    return saved && saved->pending() ? take_up(session, *saved) : std::optional<StartOutcome>();
}

// nullopt: nothing of it is left on the platform.
Result<std::optional<StartOutcome>> UploadStart::take_up(const UploadSession& session, const SavedFile& saved) {
    if (!same_source(saved, session.file()))
        return drop_outdated(session, saved, file_has_changed);
    if (saved.as != session.file().chosen())
        return drop_outdated(session, saved, "it gets another name on the platform");
    if (const auto why = begun_on_other_terms(saved, context_.conflict, session.request().replaces); !why.empty())
        return drop_outdated(session, saved, why);
    if (saved.open())
        return take_up_open(session, saved);
    const auto state = opened_by_lost_init(session.request(), saved);
    if (!state.ok())
        return state.error();
    if (!*state)
        return std::optional<StartOutcome>();
    auto opened = go_on(session, nullptr, **state);
    if (!opened.ok())
        return opened.error();
    return *opened ? std::optional(StartOutcome(std::move(**opened))) : std::optional<StartOutcome>();
}

// What an init whose answer nobody has seen may have opened: nobody can have sent a part to that one.
Result<std::optional<UploadState>> UploadStart::opened_by_lost_init(const InitRequest& request,
                                                                    const SavedFile& saved) {
    const auto found = api_.find_upload(request, saved.begun_at);
    if (!found.ok())
        return found.error();
    if (!*found)
        return std::optional<UploadState>();
    auto state = api_.upload_state((*found)->upload_id);
    if (!state.ok() || !*state || (*state)->reported.empty())
        return state;
    context_.api.log.warn(printable(request.name) + ": upload " + printable((*found)->upload_id) +
                          " of that name has parts already, so it is somebody else's and left alone");
    return std::optional<UploadState>();
}

// An upload of which the journal knows no part. nullopt: it is gone, or cannot be gone on with.
Result<std::optional<OpenedUpload>> UploadStart::adopt(const UploadSession& session, const std::string& upload_id) {
    const auto state = api_.upload_state(upload_id);
    if (!state.ok())
        return state.error();
    return *state ? go_on(session, nullptr, **state) : Result<std::optional<OpenedUpload>>(std::nullopt);
}

Result<std::optional<StartOutcome>> UploadStart::take_up_open(const UploadSession& session, const SavedFile& saved) {
    const std::string name = printable(session.file().remote());
    const auto state = api_.upload_state(saved.upload_id);
    if (!state.ok())
        return state.error();
    if (!*state) {
        auto found = find_complete(session, saved);
        if (found.ok() && !*found)
            context_.api.log.warn(name + ": the platform does not know its upload " + printable(saved.upload_id) +
                                  " any more; it is sent again from the start");
        return found;
    }
    auto opened = go_on(session, &saved, **state);
    if (!opened.ok() && opened.error().kind == ErrorKind::changed)
        return drop_outdated(session, saved, file_has_changed);
    if (!opened.ok())
        return opened.error();
    if (*opened)
        return std::optional(StartOutcome(std::move(**opened)));
    return drop_outdated(session, saved, "the platform's part size has changed");
}

// The upload is gone. If complete had been asked for, the file may be why: that it has come of it nobody can tell, but
// only that it has the name, the size and about the time.
Result<std::optional<StartOutcome>> UploadStart::find_complete(const UploadSession& session, const SavedFile& saved) {
    const auto plan = PartPlan::make(session.file().identity.size, saved.part_size);
    if (!saved.completing_at || !plan)
        return std::optional<StartOutcome>();
    const auto as_sent = as_it_was_sent(session.file(), saved, context_.stop);
    if (!as_sent.ok())
        return as_sent.error();
    if (!*as_sent)
        return std::optional<StartOutcome>();
    auto file = api_.find_completed(session.request(), *saved.completing_at);
    if (!file.ok())
        return file.error();
    if (!*file)
        return std::optional<StartOutcome>();
    context_.api.log.warn(printable(session.file().remote()) +
                          ": its upload was cut off while the platform completed it; file " + printable((*file)->id) +
                          " is taken for it by name, size and time, so no ETag is told");
    FoundComplete found{.remote = std::move(**file),
                        .upload = {.upload_id = saved.upload_id, .plan = *plan, .parallel = saved.parallel},
                        .etag = {}};
    return std::optional(StartOutcome(std::move(found)));
}

// nullopt: what is there cannot be gone on with.
Result<std::optional<OpenedUpload>> UploadStart::go_on(const UploadSession& session, const SavedFile* saved,
                                                       const UploadState& state) {
    const PlannedFile& file = session.file();
    auto opened = check_resume(file, saved, state, context_.sender.verify, context_.stop);
    if (!opened.ok() || !*opened)
        return opened;
    if (const Status told = report_in_order(**opened); !told)
        return told.error();
    if (!saved) {
        note_begun(session);
        context_.journal.opened(file.remote(), state.info.upload_id, state.info.part_size, state.info.parallel);
    }
    context_.api.log.info(printable(file.remote()) + ": going on with upload " + printable(state.info.upload_id) +
                          ": " + std::to_string((*opened)->stored.size()) + " of " +
                          count_of((*opened)->plan.count(), "part") + " stored already");
    return opened;
}

void UploadStart::note_begun(const UploadSession& session) {
    const PlannedFile& file = session.file();
    context_.journal.begun(file.remote(), file.path, fingerprint(file.identity), api_.server_now(), file.chosen(),
                           session.request().overwrite);
}

// Where parts go one after the other, each is reported before the next is asked for (contract 4.9).
Status UploadStart::report_in_order(OpenedUpload& opened) {
    if (opened.parallel)
        return {};
    std::vector<PartReport> reports;
    for (StoredPart& part : opened.stored)
        if (!std::exchange(part.reported, true))
            reports.push_back(part.sent.report);
    return reports.empty() ? Status() : api_.report_all(opened.upload_id, reports);
}

// nullopt: it is to be begun anew.
Result<std::optional<StartOutcome>> UploadStart::drop_outdated(const UploadSession& session, const SavedFile& saved,
                                                               const std::string& why) {
    const std::string name = printable(session.file().remote());
    std::string id = saved.upload_id;
    if (id.empty()) {
        InitRequest request = session.request();
        request.name = saved.as.empty() ? session.file().asked() : saved.as;
        const auto state = opened_by_lost_init(request, saved);
        if (!state.ok())
            return state.error();
        if (*state)
            id = (*state)->info.upload_id;
    }
    if (!id.empty()) {
        context_.api.log.warn(name + ": its upload " + printable(id) + " with " +
                              count_of(saved.parts.size(), "stored part") + " is dropped and begun anew: " + why);
        if (const Status aborted = api_.abort(id); !aborted)
            return aborted.error();
    }
    context_.journal.dropped(session.file().remote());
    return std::optional<StartOutcome>();
}

Status UploadStart::abort_lost(const UploadSession& session) {
    const std::string& lost = session.lost_upload();
    context_.api.log.warn(printable(session.file().remote()) + ": " +
                          (session.renamed() ? "its name was taken while upload " + printable(lost) + " was under way"
                           : session.mends() > 0
                               ? "the platform cannot put its upload " + printable(lost) + " together"
                               : "the platform does not know its upload " + printable(lost) + " any more") +
                          "; it is sent again from the start");
    // Its storage may have gone alone. Where the platform will not end it, it stays open, and only this line tells.
    const Status aborted = api_.abort(lost);
    if (!aborted && aborted.error().kind == ErrorKind::cancelled)
        return aborted;
    if (!aborted)
        context_.api.log.warn(printable(session.file().remote()) + ": the upload " + printable(lost) +
                              " could not be aborted: " + aborted.error().message);
    return {};
}

// What an upload that starts over would say once more was said at its first start.
std::string UploadStart::known_md5(const UploadSession& session) const {
    const PlannedFile& file = session.file();
    return md5_to_send(file.path, file.identity.mtime_ns, [&](const std::string& sentence) {
        if (session.lost_upload().empty())
            context_.api.log.warn(sentence);
    });
}

Result<OpenedUpload> UploadStart::open_anew(const UploadSession& session) {
    const PlannedFile& file = session.file();
    InitRequest request = session.request();
    request.md5 = known_md5(session);
    UploadInfo info;
    for (int i = 0; i < max_inits; ++i) {
        note_begun(session);
        Result<UploadInfo> answer = api_.init(request);
        if (!answer.ok()) {
            if (was_refused(answer.error().kind))
                context_.journal.dropped(file.remote());
            return answer.error();
        }
        info = std::move(*answer);
        const auto plan = PartPlan::make(request.size, info.part_size);
        if (plan && info.found) {
            auto opened = adopt(session, info.upload_id);
            if (!opened.ok())
                return opened.error();
            if (*opened)
                return std::move(**opened);
        }
        if (plan) {
            context_.journal.opened(file.remote(), info.upload_id, info.part_size, info.parallel);
            return OpenedUpload{.upload_id = info.upload_id, .plan = *plan, .parallel = info.parallel};
        }
        // Contract 3: a part size that gives more than 10,000 parts calls for another init with a larger wish.
        if (const Status aborted = api_.abort(info.upload_id); !aborted)
            return aborted.error();
        request.part_size = std::max(2 * request.part_size, least_part_size(request.size));
    }
    return Error{ErrorKind::platform, printable(file.remote()) + ": the platform insists on parts of " +
                                          count_of(info.part_size, "byte") + ", which cannot hold " +
                                          count_of(request.size, "byte") + " in 10,000 parts"};
}

} // namespace ferry
