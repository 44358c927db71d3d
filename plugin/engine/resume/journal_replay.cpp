#include "resume/journal_replay.hpp"

#include "transfer/part_plan.hpp"
#include "transfer/remote_path.hpp"

#include <utility>

namespace ferry {

std::string SavedFile::placed() const {
    return as.empty() ? name : remote_path(parent_folder(name), as);
}

void JournalReplay::line(std::string_view text) {
    if (format_ == JournalFormat::foreign || format_ == JournalFormat::other_version)
        return;
    const auto record = journal::from_line(text);
    const auto* header = record ? std::get_if<journal::Header>(&*record) : nullptr;
    if (format_ == JournalFormat::empty) {
        format_ = !header                               ? JournalFormat::foreign
                  : header->version != journal::version ? JournalFormat::other_version
                                                        : JournalFormat::ours;
        if (header)
            add(*header);
        return;
    }
    if (!record || header) {
        ++damaged_;
        return;
    }
    take_in(*record);
}

void JournalReplay::take_in(const journal::Record& record) {
    std::visit([this](const auto& one) { add(one); }, record);
}

SavedFile* JournalReplay::known(std::uint32_t file) {
    const auto found = files_.find(file);
    return found == files_.end() ? nullptr : &found->second;
}

// What is done has no parts any more.
SavedFile* JournalReplay::opened(std::uint32_t file) {
    SavedFile* saved = known(file);
    return saved && saved->open() && !saved->done ? saved : nullptr;
}

void JournalReplay::add(const journal::Header& header) {
    version_ = header.version;
    header_ = header;
}

void JournalReplay::add(const journal::Begun& begun) {
    SavedFile saved;
    saved.name = begun.name;
    saved.path = begun.path;
    saved.source = begun.source;
    saved.begun_at = begun.at;
    saved.as = begun.as;
    saved.overwrite = begun.overwrite;
    saved.begun = true;
    files_[begun.file] = std::move(saved);
}

void JournalReplay::add(const journal::Opened& opened) {
    SavedFile* saved = known(opened.file);
    if (!saved || saved->done)
        return;
    saved->begun = false;
    saved->upload_id = opened.upload_id;
    saved->part_size = opened.part_size;
    saved->parallel = opened.parallel;
    saved->parts.clear();
    saved->completing_at.reset();
}

void JournalReplay::add(const journal::PartStored& part) {
    SavedFile* saved = opened(part.file);
    if (saved && part.report.number <= part_limits::max_parts)
        saved->parts[part.report.number] = {part.report, part.size, part.md5, part.verified};
}

void JournalReplay::add(const journal::PartLost& lost) {
    if (SavedFile* saved = opened(lost.file)) {
        saved->parts.erase(lost.part);
        saved->completing_at.reset();
    }
}

void JournalReplay::add(const journal::Completing& completing) {
    SavedFile* saved = opened(completing.file);
    if (saved && !saved->completing_at) { // the first try is the one that a file may come from
        saved->completing_at = completing.at;
        saved->replaces = completing.replaces;
    }
}

void JournalReplay::add(const journal::Done& done) {
    SavedFile* saved = known(done.file);
    if (!saved)
        return;
    saved->done = done;
    saved->begun = false;
    saved->parts.clear();
}

void JournalReplay::add(const journal::Described& described) {
    SavedFile* saved = known(described.file);
    if (saved && saved->done)
        saved->done->described = described.digest;
}

void JournalReplay::add(const journal::Dropped& dropped) {
    SavedFile* saved = known(dropped.file);
    if (saved && !saved->done)
        files_.erase(dropped.file);
}

std::unordered_map<std::string, SavedFile> JournalReplay::take() {
    std::unordered_map<std::string, SavedFile> by_name;
    for (auto& [number, saved] : std::exchange(files_, {})) {
        std::string name = saved.name;
        by_name.insert_or_assign(std::move(name), std::move(saved));
    }
    return by_name;
}

std::string to_lines(const SavedFile& saved, std::uint32_t file) {
    using namespace journal;
    std::string lines = to_line(Begun{.file = file,
                                      .name = saved.name,
                                      .path = saved.path,
                                      .source = saved.source,
                                      .at = saved.begun_at,
                                      .as = saved.as,
                                      .overwrite = saved.overwrite});
    if (saved.open())
        lines += to_line(Opened{
            .file = file, .upload_id = saved.upload_id, .part_size = saved.part_size, .parallel = saved.parallel});
    for (const auto& [number, part] : saved.parts)
        lines += to_line(PartStored{
            .file = file, .report = part.report, .size = part.size, .md5 = part.md5, .verified = part.verified});
    if (saved.completing_at)
        lines += to_line(Completing{.file = file, .at = *saved.completing_at, .replaces = saved.replaces});
    if (saved.done) {
        Done done = *saved.done;
        done.file = file;
        lines += to_line(done);
    }
    return lines;
}

} // namespace ferry
