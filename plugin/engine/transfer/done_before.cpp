#include "transfer/done_before.hpp"

#include "transfer/file_result.hpp"
#include "transfer/part_check.hpp"
#include "transfer/resume_check.hpp"

namespace ferry {

bool DoneBefore::may_be_ours(const PlannedFile& file) const {
    const SavedFile* saved = journal_.saved(file.remote());
    return saved && saved->open() && saved->pending() && saved->completing_at && saved->as == file.chosen() &&
           same_source(*saved, file);
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

Result<bool> DoneBefore::still_there(const PlannedFile& file, const SavedFile& saved, const RemoteFile* there) {
    if (!api_)
        return true;
    if (there && there->id == saved.done->id)
        return !there->folder && (!there->size || *there->size == file.identity.size);
    const auto remote = api_->file(saved.done->id); // it may have been renamed or moved
    if (remote.ok())
        return !remote->folder && remote->size == file.identity.size;
    if (remote.error().kind == ErrorKind::not_found || remote.error().kind == ErrorKind::rights)
        return false;
    return remote.error();
}

Result<std::optional<FileResult>> DoneBefore::find(const PlannedFile& file, const RemoteFile* there) {
    const SavedFile* saved = journal_.saved(file.remote());
    if (!saved || !saved->done)
        return std::optional<FileResult>();
    const auto same = unchanged(file, *saved);
    if (!same.ok())
        return same.error();
    const auto kept = *same ? still_there(file, *saved, there) : Result<bool>(false);
    if (!kept.ok())
        return kept.error();
    if (!*kept)
        return std::optional<FileResult>();
    const journal::Done& done = *saved->done;
    RemoteFile remote;
    remote.id = done.id;
    remote.name = done.name;
    FileResult result = file_result(file, {.project = done.project, .parent = done.parent}, remote);
    result.before = true;
    if (done.described == digest_of(file.metadata))
        result.metadata = {};
    result.parts = PartPlan::make(file.identity.size, saved->part_size).value_or(PartPlan()).count();
    result.part_size = saved->part_size;
    result.etag = done.etag;
    result.upload_id = saved->upload_id;
    return std::optional(std::move(result));
}

} // namespace ferry
