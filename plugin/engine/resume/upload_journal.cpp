#include "resume/upload_journal.hpp"

#include "document/text.hpp"
#include "resume/journal_files.hpp"
#include "state/digest.hpp"

#include <utility>

namespace ferry {
namespace {

std::string about(const JournalPlace& place) {
    return about_target(place.endpoint, place.project, place.parent);
}

} // namespace

Result<JournalReplay> replay_journal(const PrivateFolder& folder, const std::string& id) {
    const auto file = folder.read(journal_file(id));
    if (!file.ok())
        return file.error();
    JournalReplay replay;
    if (!for_each_line(file->get(), [&](std::string_view line) { replay.line(line); }))
        return Error{ErrorKind::io, printable(folder.path_of(journal_file(id))) + " cannot be read"};
    return replay;
}

UploadJournal::UploadJournal(JournalPlace place, JournalServices services, std::string id)
    : place_(std::move(place))
    , services_(std::move(services))
    , id_(std::move(id)) {}

Result<std::unique_ptr<UploadJournal>> UploadJournal::open(JournalPlace place, JournalServices services,
                                                           CancelToken& cancel) {
    std::string id = short_digest(about(place) + place.instance);
    std::unique_ptr<UploadJournal> journal(new UploadJournal(std::move(place), std::move(services), std::move(id)));
    if (journal->place_.state_dir.empty())
        return journal;
    if (const Status folders = journal->open_folders(); !folders) {
        if (const Status usable = journal->degrade(folders.error()); !usable)
            return usable.error();
        return journal;
    }
    if (!journal->place_.read_only) {
        const Status leased = journal->take_lease("this very upload step", Lease::dead_after, cancel);
        if (const Status usable = leased ? leased : journal->degrade(leased.error()); !usable)
            return usable.error();
    }
    if (const Status loaded = journal->load(); !loaded)
        return loaded.error();
    return journal;
}

Result<std::unique_ptr<UploadJournal>> UploadJournal::open_existing(const std::string& state_dir, const std::string& id,
                                                                    const std::string& what, JournalServices services,
                                                                    CancelToken& cancel) {
    const auto folder = PrivateFolder::open(journals_of(state_dir), true);
    if (!folder.ok())
        return folder.error();
    const auto read = replay_journal(*folder, id);
    if (!read.ok())
        return read.error();
    if (read->format() != JournalFormat::ours)
        return Error{ErrorKind::invalid,
                     printable(folder->path_of(journal_file(id))) + " was not written by this version of Ferry"};
    JournalPlace place{.state_dir = state_dir,
                       .endpoint = read->header().endpoint,
                       .project = read->header().project,
                       .parent = read->header().parent,
                       .instance = {}};
    std::unique_ptr<UploadJournal> journal(new UploadJournal(std::move(place), std::move(services), id));
    if (const Status folders = journal->open_folders(); !folders)
        return folders.error();
    if (const Status leased = journal->take_lease(what, Duration{0}, cancel); !leased)
        return leased.error();
    if (const Status loaded = journal->load(); !loaded) // again: only now nobody else writes it
        return loaded.error();
    if (const Status written = journal->rewrite(); !written)
        return written.error();
    return journal;
}

// Nothing can be kept. That is no reason to leave the files where they are, but to say so.
Status UploadJournal::degrade(const Error& error) {
    if (error.kind != ErrorKind::io && error.kind != ErrorKind::not_found)
        return error;
    if (!place_.read_only)
        services_.log.warn(error.message + "; the upload goes on, but what it sends is lost if it is cut off");
    return {};
}

Status UploadJournal::open_folders() {
    auto folder = PrivateFolder::open(journals_of(place_.state_dir), place_.read_only);
    if (!folder.ok())
        return folder.error();
    folder_.emplace(std::move(*folder));
    auto notes = PrivateFolder::open(folder_->path_of("open"), place_.read_only);
    if (!notes.ok())
        return notes.error();
    notes_.emplace(std::move(*notes));
    return {};
}

Status UploadJournal::take_lease(const std::string& what, Duration patience, CancelToken& cancel) {
    auto lease = Lease::acquire({.folder = *folder_,
                                 .name = lease_file(id_),
                                 .what = what,
                                 .clock = services_.clock,
                                 .on_waiting = [this](const std::string& words) { services_.log.warn(words); },
                                 .on_takeover = [this](const std::string& words) { services_.log.info(words); },
                                 .on_lost = services_.on_lost,
                                 .patience = patience},
                                cancel);
    if (!lease.ok())
        return lease.error();
    lease_ = std::move(*lease);
    return {};
}

Status UploadJournal::load() {
    if (!folder_)
        return {};
    auto read = replay_journal(*folder_, id_);
    if (!read.ok())
        return read.error().kind == ErrorKind::not_found ? Status() : read.status();
    const std::string path = printable(folder_->path_of(journal_file(id_)));
    switch (read->format()) {
    case JournalFormat::other_version:
        return {ErrorKind::invalid, path + " was written by another version of Ferry (format " +
                                        std::to_string(read->other_version()) +
                                        "): go on with that version, or move the file away to start anew"};
    case JournalFormat::foreign:
        services_.log.warn(path + " is no journal of Ferry's: it is kept as *.foreign, and the upload starts anew");
        if (!place_.read_only)
            (void)folder_->rename(journal_file(id_), id_ + ".foreign");
        return {};
    case JournalFormat::empty:
    case JournalFormat::ours:
        break;
    }
    if (read->damaged() > 0)
        services_.log.warn(path + ": " + std::to_string(read->damaged()) +
                           " damaged lines are left out; what they told is found out anew");
    saved_ = read->take();
    return {};
}

Status UploadJournal::begin(const std::unordered_set<std::string_view>& names) {
    if (!lease_)
        return {};
    std::erase_if(saved_, [&](const auto& one) { return !one.second.pending() && !names.contains(one.first); });
    const Status written = rewrite();
    return written ? written : degrade(written.error());
}

// Written anew at each start: short again, without torn lines, and out of the reach of an earlier owner that only
// slept, whose descriptor leads to the file that this one replaces.
Status UploadJournal::rewrite() {
    const std::string fresh = id_ + ".new";
    folder_->remove(fresh); // of a process that ended in the middle of this
    auto file = folder_->create(fresh);
    if (!file.ok())
        return file.error();
    std::string lines =
        to_line(journal::Header{.endpoint = place_.endpoint, .project = place_.project, .parent = place_.parent});
    Status status;
    const auto flush = [&](std::size_t least) {
        if (status && lines.size() > least)
            status = write_all(file->get(), std::exchange(lines, {}));
    };
    for (auto& [name, saved] : saved_) {
        const std::uint32_t number = under_way_.new_number();
        if (saved.pending())
            under_way_.take_over(saved, number);
        if (saved.done)
            saved.done->file = number;
        lines += to_lines(saved, number);
        flush(1u << 20);
    }
    flush(0);
    if (status && ::fsync(file->get()) != 0)
        status = {ErrorKind::io, "it cannot be synced"};
    if (!status)
        return {ErrorKind::io, printable(folder_->path_of(fresh)) + " cannot be written: " + status.error().message};
    if (const Status placed = folder_->rename(fresh, journal_file(id_)); !placed)
        return placed;
    folder_->sync();
    writer_ = std::make_unique<JournalWriter>(std::move(*file));
    return {};
}

const SavedFile* UploadJournal::saved(const std::string& name) const {
    const auto found = saved_.find(name);
    return found == saved_.end() ? nullptr : &found->second;
}

std::string UploadJournal::note_of(const std::string& name) const {
    return note_file(about(place_), name);
}

Result<std::optional<SavedFile>> UploadJournal::claim(const std::string& name, const std::string& path,
                                                      CancelToken& cancel) {
    if (!writer_ || !notes_)
        return std::optional<SavedFile>();
    const std::string note = note_of(name);
    const Status noted = notes_->note(note, id_);
    if (noted || noted.error().kind != ErrorKind::conflict) // some file systems have no links: then nobody is found
        return std::optional<SavedFile>();
    const auto owner = notes_->noted(note);
    if (!owner || *owner == id_)
        return std::optional<SavedFile>();
    return take_from(*owner, name, path, cancel);
}

// Its lease is held while its journal is read and the note changes hands, so that no one else does the same.
Result<std::optional<SavedFile>> UploadJournal::take_from(const std::string& instance, const std::string& name,
                                                          const std::string& path, CancelToken& cancel) {
    if (!is_journal_id(instance))
        return std::optional<SavedFile>();
    const auto lease = Lease::acquire({.folder = *folder_,
                                       .name = lease_file(instance),
                                       .what = "an upload of " + printable(name),
                                       .clock = services_.clock,
                                       .on_waiting = [this](const std::string& words) { services_.log.warn(words); },
                                       .on_takeover = [this](const std::string& words) { services_.log.info(words); },
                                       .on_lost = {}},
                                      cancel);
    if (!lease.ok())
        return Error{lease.error().kind, printable(name) + ": " + lease.error().message};
    std::optional<SavedFile> found;
    if (auto read = replay_journal(*folder_, instance); read.ok() && read->format() == JournalFormat::ours) {
        auto files = read->take();
        if (const auto file = files.find(name);
            file != files.end() && file->second.pending() && file->second.as.empty())
            found = std::move(file->second);
    }
    if (found && found->path != source_path(path)) {
        services_.log.warn(printable(name) + ": another step has an unfinished upload of that name, from " +
                           printable(found->path) + "; it stays that step's, and this one begins its own");
        found.reset();
    }
    if (found)
        adopted(*found);
    const std::string note = note_of(name);
    const std::string fresh = note + "." + id_;
    notes_->remove(fresh);
    if (notes_->note(fresh, id_))
        (void)notes_->rename(fresh, note);
    return found;
}

bool UploadJournal::reserve(const std::string& placed) {
    if (!writer_ || !notes_)
        return true;
    const std::string note = note_of(placed);
    const Status noted = notes_->note(note, id_);
    if (noted || noted.error().kind != ErrorKind::conflict) // as in claim()
        return true;
    const auto owner = notes_->noted(note);
    return !owner || *owner == id_;
}

void UploadJournal::release(const std::string& name) {
    if (!notes_)
        return;
    const std::string note = note_of(under_way_.placed(name).value_or(name));
    if (notes_->noted(note) == id_)
        notes_->remove(note);
}

void UploadJournal::write(const std::string& lines) {
    if (!writer_)
        return;
    const Status written = writer_->append(lines);
    std::lock_guard lock(mutex_);
    if (!written && !told_failure_)
        services_.log.warn(printable(folder_->path_of(journal_file(id_))) +
                           " cannot be written: " + written.error().message +
                           "; the upload goes on, but what it sends now would have to be sent again if it is cut off");
    else if (written && told_failure_)
        services_.log.info(printable(folder_->path_of(journal_file(id_))) + " can be written again");
    told_failure_ = !written;
}

void UploadJournal::begun(const std::string& name, const std::string& path, const Fingerprint& source, WallTime at,
                          const std::string& as, bool overwrite) {
    SavedFile file;
    file.name = name;
    file.as = as;
    const std::string placed = file.placed();
    if (under_way_.placed(name).value_or(placed) != placed) // it goes elsewhere now
        release(name);
    const std::uint32_t number = under_way_.number_for(name);
    under_way_.begin(name, number, placed);
    write(to_line(journal::Begun{.file = number,
                                 .name = name,
                                 .path = source_path(path),
                                 .source = source,
                                 .at = at,
                                 .as = as,
                                 .overwrite = overwrite}));
}

void UploadJournal::adopted(const SavedFile& file) {
    const std::uint32_t number = under_way_.number_for(file.name);
    under_way_.take_over(file, number);
    write(to_lines(file, number));
}

void UploadJournal::opened(const std::string& name, const std::string& upload_id, std::uint64_t part_size,
                           bool parallel) {
    const auto number = under_way_.number_of(name);
    if (!number)
        return;
    under_way_.opened(name, upload_id);
    write(to_line(
        journal::Opened{.file = *number, .upload_id = upload_id, .part_size = part_size, .parallel = parallel}));
}

void UploadJournal::part_stored(const std::string& name, const SavedPart& part) {
    const auto number = under_way_.number_of(name);
    if (!number)
        return;
    under_way_.stored(name, part.report.number, part.size);
    write(to_line(journal::PartStored{
        .file = *number, .report = part.report, .size = part.size, .md5 = part.md5, .verified = part.verified}));
}

void UploadJournal::part_lost(const std::string& name, std::uint32_t part) {
    const auto number = under_way_.number_of(name);
    if (!number)
        return;
    under_way_.stored(name, part, 0);
    write(to_line(journal::PartLost{*number, part}));
}

void UploadJournal::completing(const std::string& name, WallTime at, const std::string& replaces) {
    if (const auto number = under_way_.number_of(name))
        write(to_line(journal::Completing{*number, at, replaces}));
}

void UploadJournal::done(const std::string& name, journal::Done result, bool more) {
    const auto number = under_way_.number_of(name);
    if (!number)
        return;
    result.file = *number;
    write(to_line(result));
    release(name);
    if (more)
        under_way_.closed(name);
    else
        under_way_.forget(name);
}

void UploadJournal::described(const std::string& name, const std::string& digest) {
    auto number = under_way_.number_of(name);
    if (const SavedFile* before = saved(name); !number && before && before->done)
        number = before->done->file;
    if (!number)
        return;
    write(to_line(journal::Described{*number, digest}));
    under_way_.forget(name);
}

void UploadJournal::dropped(const std::string& name) {
    const auto number = under_way_.number_of(name);
    if (!number)
        return;
    write(to_line(journal::Dropped{*number}));
    release(name);
    under_way_.forget(name);
}

} // namespace ferry
