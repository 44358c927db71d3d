#include "resume/known_uploads.hpp"

#include "document/text.hpp"
#include "platform/iso_time.hpp"
#include "resume/journal_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace ferry {
namespace {

// The platform's times are whole seconds, so what was begun at a moment may look up to two seconds older.
constexpr Duration begun_grain{2'000};

std::vector<std::string> journal_ids(const std::vector<std::string>& names) {
    std::vector<std::string> ids;
    for (const std::string& name : names)
        if (name.ends_with(journal_end))
            if (std::string id = name.substr(0, name.size() - journal_end.size()); is_journal_id(id))
                ids.push_back(std::move(id));
    std::sort(ids.begin(), ids.end());
    return ids;
}

} // namespace

std::vector<KnownUpload> pending_uploads(JournalReplay& replay, const std::string& id) {
    std::vector<KnownUpload> uploads;
    const Target target{.project = replay.header().project, .parent = replay.header().parent};
    for (auto& [name, saved] : replay.take())
        if (saved.pending())
            uploads.push_back({.journal = id,
                               .target = target,
                               .name = name,
                               .path = saved.path,
                               .source = saved.source,
                               .upload_id = saved.upload_id,
                               .begun_at = saved.begun_at,
                               .part_size = saved.part_size,
                               .parts_stored = saved.parts.size(),
                               .completing = saved.completing_at.has_value()});
    return uploads;
}

// Where only its begin is known, what is not told is taken for the same: whoever drops an upload must not take one that
// is just being opened for a stranger's.
bool KnownUpload::may_be(const OpenUpload& upload) const {
    if (!upload_id.empty())
        return upload_id == upload.upload_id;
    const auto initiated = parse_iso_time(upload.initiated);
    const auto same = [](const std::string& ours, const std::string& theirs) {
        return ours.empty() || theirs.empty() || ours == theirs;
    };
    return upload.name == name && same(target.project, upload.project) && same(target.parent, upload.parent) &&
           (!initiated || *initiated >= begun_at - begun_grain);
}

bool KnownUpload::may_go_on() const {
    if (!path.starts_with('/')) // encoded, as its bytes are no text: see source_path()
        return true;
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return errno != ENOENT && errno != ENOTDIR;
    const std::int64_t mtime_ns = std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
    return source.same_content_expected(
        {.size = static_cast<std::uint64_t>(info.st_size), .mtime_ns = mtime_ns, .ctime_ns = 0});
}

std::optional<std::uint64_t> KnownUpload::parts() const {
    if (part_size == 0)
        return std::nullopt;
    return std::max<std::uint64_t>(1, source.size / part_size + (source.size % part_size == 0 ? 0 : 1));
}

std::vector<KnownUpload> KnownUploads::of(const OpenUpload& upload) const {
    std::vector<KnownUpload> found;
    std::copy_if(uploads.begin(), uploads.end(), std::back_inserter(found),
                 [&](const KnownUpload& one) { return one.may_be(upload); });
    return found;
}

Result<KnownUploads> known_uploads(const std::string& state_dir, const std::string& endpoint, Log& log) {
    KnownUploads known;
    if (state_dir.empty())
        return known;
    const auto folder = PrivateFolder::open(journals_of(state_dir), true);
    if (!folder.ok())
        return folder.error().kind == ErrorKind::not_found ? Result<KnownUploads>(std::move(known)) : folder.error();
    const auto names = folder->names();
    if (!names.ok())
        return names.error();
    for (const std::string& id : journal_ids(*names)) {
        auto replay = replay_journal(*folder, id);
        if (!replay.ok() && replay.error().kind == ErrorKind::not_found)
            continue; // just now removed
        const bool ours = replay.ok() && replay->format() == JournalFormat::ours;
        if (ours && replay->header().endpoint == endpoint)
            for (KnownUpload& one : pending_uploads(*replay, id))
                known.uploads.push_back(std::move(one));
        if (ours || (replay.ok() && replay->format() == JournalFormat::empty))
            continue;
        known.unreadable.push_back(id);
        log.warn(replay.ok() ? printable(folder->path_of(journal_file(id))) +
                                   " was not written by this version of Ferry: what it knows of uploads is left out"
                             : replay.error().message + "; what it knows of uploads is left out");
    }
    return known;
}

std::optional<std::string> journal_holder(const std::string& state_dir, const std::string& journal) {
    const auto folder = PrivateFolder::open(journals_of(state_dir), true);
    return folder.ok() ? Lease::holder(*folder, lease_file(journal)) : std::nullopt;
}

void UploadForgetter::lost(std::string reason) {
    std::lock_guard lock(mutex_);
    lost_ = std::move(reason);
}

Status UploadForgetter::reserve(const KnownUpload& upload, CancelToken& cancel) {
    {
        std::lock_guard lock(mutex_);
        if (!lost_.empty())
            return {ErrorKind::conflict, lost_ + "; nothing more is dropped"};
    }
    if (journals_.contains(upload.journal))
        return {};
    auto opened = UploadJournal::open_existing(state_dir_, upload.journal, "the upload of " + printable(upload.name),
                                               {.clock = services_.clock,
                                                .log = services_.log,
                                                .on_lost = [this](std::string reason) { lost(std::move(reason)); }},
                                               cancel);
    if (!opened.ok() && (opened.error().kind == ErrorKind::conflict || opened.error().kind == ErrorKind::cancelled))
        return opened.error();
    if (!opened.ok())
        services_.log.warn(opened.error().message + "; the next run of its step will find its uploads gone, and begin "
                                                    "them anew");
    journals_[upload.journal] = opened.ok() ? std::move(*opened) : nullptr;
    return {};
}

void UploadForgetter::forget(const KnownUpload& upload) {
    const auto journal = journals_.find(upload.journal);
    if (journal != journals_.end() && journal->second)
        journal->second->dropped(upload.name);
}

} // namespace ferry
