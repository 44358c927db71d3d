#include "transfer/upload_finish.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "transfer/file_result.hpp"
#include "transfer/file_source.hpp"
#include "transfer/resume_check.hpp"

#include <utility>

namespace ferry {

// Size and time of change tell most changes; a moved ctime only that there may be one.
Status UploadFinish::check_source(const UploadSession& session) {
    const PlannedFile& file = session.file();
    const Result<FileIdentity> now = identify_unchanged(file.path, file.identity);
    if (!now.ok())
        return now.status();
    if (now->ctime_ns == file.identity.ctime_ns)
        return {};
    context_.api.log.info(printable(file.remote()) +
                          ": the file's status has changed; its bytes are compared with those sent");
    return check_sent_parts(file, session.opened(), session.parts(), context_.stop);
}

Result<RemoteFile> UploadFinish::complete(const UploadSession& session) {
    if (const Status same = check_source(session); !same)
        return same.error();
    context_.journal.completing(session.file().remote(), api_.server_now(), session.request().replaces);
    const bool patient = session.mends() > 0;
    return api_.complete(session.opened().upload_id, session.request(), session.to_complete(), patient);
}

Result<FileResult> UploadFinish::check(const UploadSession& session, FoundComplete done) {
    const PlannedFile& file = session.file();
    RemoteFile& remote = done.remote;
    if (!remote.size) {
        const Result<RemoteFile> full = api_.file(remote.id);
        if (!full.ok() && full.error().kind == ErrorKind::cancelled)
            return full.error();
        const std::string reason = full.ok() ? "its record does not tell it" : full.error().message;
        if (!full.ok() || !full->size)
            return Error{ErrorKind::platform,
                         printable(file.remote()) + ": the platform took it as file " + printable(remote.id) +
                             ", but not its size, so it may not be whole: " + reason +
                             "; compare that file's size with " + count_of(file.identity.size, "byte") + " there"};
        remote.size = full->size;
    }
    if (*remote.size != file.identity.size)
        return Error{ErrorKind::platform, printable(file.remote()) + ": the platform put together " +
                                              count_of(*remote.size, "byte") + " (file " + printable(remote.id) +
                                              ") from the " + count_of(file.identity.size, "byte") +
                                              " of the local file; delete that file and upload it again"};
    if (!remote.name.empty() && remote.name != file.name)
        context_.api.log.warn(printable(file.remote()) + ": the platform named the file " + printable(remote.name) +
                              " (file " + printable(remote.id) + ")");
    FileResult result = file_result(file, session.request().target, remote);
    result.parts = done.upload.plan.count();
    result.part_size = done.upload.plan.part_size();
    result.etag = std::move(done.etag);
    result.upload_id = done.upload.upload_id;
    return result;
}

Result<UploadFinish::Mend> UploadFinish::mend(const UploadSession& session) {
    const std::string& id = session.opened().upload_id;
    if (const Status reported = api_.report_all(id, session.unreported()); !reported)
        return reported.error();
    const auto state = api_.upload_state(id);
    if (!state.ok())
        return state.error();
    if (!*state)
        return Error{ErrorKind::not_found,
                     printable(session.file().remote()) + ": the platform does not know its upload any more"};
    const auto listed = by_number((*state)->reported);
    Mend mend;
    for (const SentPart& part : session.parts()) {
        const auto found = listed.find(part.report.number);
        const bool there = found != listed.end() && !contradict(part.report, *found->second);
        (there ? mend.reported : mend.lost).push_back(part.report.number);
    }
    for (const std::uint32_t number : mend.lost)
        context_.journal.part_lost(session.file().remote(), number);
    context_.api.log.warn(printable(session.file().remote()) + ": the platform could not put it together; " +
                          (mend.lost.empty() ? std::string("it lists every part, so it is asked again")
                                             : std::to_string(mend.lost.size()) + " parts are sent again"));
    return mend;
}

std::optional<FileResult> UploadFinish::as_skipped(const UploadSession& session) {
    if (context_.conflict != Conflict::skip)
        return std::nullopt;
    const PlannedFile& file = session.file();
    const auto there = api_.find_names(session.request().target, {file.name});
    if (!there.ok())
        return std::nullopt;
    for (const RemoteFile& remote : *there) {
        if (remote.folder || remote.size != file.identity.size)
            continue;
        FileResult result = file_result(file, session.request().target, remote);
        result.skipped = true;
        result.metadata = {}; // it is somebody else's file
        return result;
    }
    return std::nullopt;
}

} // namespace ferry
