#include "transfer/done_before.hpp"

#include "document/text.hpp"
#include "transfer/file_result.hpp"
#include "transfer/part_check.hpp"
#include "transfer/resume_check.hpp"

namespace ferry {

Result<bool> DoneBefore::may_be_ours(const PlannedFile& file) const {
    const SavedFile* saved = journal_.saved(file.remote());
    if (!saved || !saved->open() || !saved->pending() || !saved->completing_at || saved->as != file.chosen() ||
        !same_source(*saved, file))
        return false;
    if (api_) {
        const auto state = api_->upload_state(saved->upload_id);
        if (!state.ok())
            return state.error();
        if (*state) // so nothing has become of it, and the entry is somebody else's
            return false;
    }
    return as_it_was_sent(file, *saved, cancel_);
}

// A ctime that has moved may mean other bytes under the old time: then the composite ETag decides, if there is one.
Result<bool> DoneBefore::unchanged(const PlannedFile& file, const SavedFile& saved) {
    if (!same_source(saved, file))
        return false;
    if (saved.source.ctime_ns == file.identity.ctime_ns)
        return true;
    const auto plan = PartPlan::make(file.identity.size, saved.part_size);
    if (saved.done->etag.empty() || !plan)
        return false;
    const auto etag = hash_file(file.path, file.identity, *plan, cancel_);
    if (!etag.ok())
        return etag.error();
    return *etag == saved.done->etag;
}

// Its record on the platform, with what of it is known.
Result<std::optional<RemoteFile>> DoneBefore::still_there(const PlannedFile& file, const SavedFile& saved,
                                                          const RemoteFile* there) {
    const journal::Done& done = *saved.done;
    const RemoteFile as_done{
        .id = done.id, .name = done.name, .project = done.project, .parent = done.parent, .size = {}, .created = {}};
    if (!api_)
        return std::optional(as_done);
    if (there && there->id == done.id)
        return !there->folder && (!there->size || *there->size == file.identity.size) ? std::optional(as_done)
                                                                                      : std::nullopt;
    if (there && !there->folder) // what has its name now is another file
        return std::optional<RemoteFile>();
    auto remote = api_->file(done.id); // it may have been renamed or moved
    if (remote.ok())
        return !remote->folder && remote->size == file.identity.size ? std::optional(std::move(*remote)) : std::nullopt;
    if (remote.error().kind == ErrorKind::not_found || remote.error().kind == ErrorKind::rights)
        return std::optional<RemoteFile>();
    return remote.error();
}

void DoneBefore::tell_elsewhere(const FileResult& result) {
    elsewhere_.tell(printable(result.asked_name) + ": was renamed or moved on the platform since: it is " +
                    printable(result.name) + " there (file " + printable(result.id) +
                    (result.parent.empty() ? "" : ", in folder " + printable(result.parent)) + ")");
}

Result<std::optional<FileResult>> DoneBefore::find(const PlannedFile& file, const RemoteFile* there) {
    const SavedFile* saved = journal_.saved(file.remote());
    if (!saved || !saved->done)
        return std::optional<FileResult>();
    const auto same = unchanged(file, *saved);
    if (!same.ok())
        return same.error();
    const auto kept = *same ? still_there(file, *saved, there) : Result<std::optional<RemoteFile>>(std::nullopt);
    if (!kept.ok())
        return kept.error();
    if (!*kept)
        return std::optional<FileResult>();
    const RemoteFile& remote = **kept;
    const journal::Done& done = *saved->done;
    FileResult result = file_result(file, {.project = done.project, .parent = done.parent}, remote);
    result.before = true;
    if (done.described == digest_of(file.metadata))
        result.metadata = {};
    result.parts = PartPlan::make(file.identity.size, saved->part_size).value_or(PartPlan()).count();
    result.part_size = saved->part_size;
    result.etag = done.etag;
    result.upload_id = saved->upload_id;
    if (remote.name != done.name || (!remote.parent.empty() && !done.parent.empty() && remote.parent != done.parent))
        tell_elsewhere(result);
    return std::optional(std::move(result));
}

} // namespace ferry
