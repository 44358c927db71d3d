#include "transfer/plan_report.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "metadata/metadata_setter.hpp"
#include "transfer/part_plan.hpp"
#include "transfer/remote_path.hpp"
#include "transfer/resume_check.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

namespace ferry {
namespace {

// Of a file: how it is cut, and what of it need not be sent again.
struct FileWork {
    PartPlan plan;
    std::uint64_t part_size = 0;
    std::uint64_t stored_parts = 0;
    std::uint64_t stored_bytes = 0;
    std::string note;
};

FileWork work_of(const PlannedFile& file, const PlanSources& sources) {
    FileWork work;
    const SavedFile* saved = sources.journal.saved(file.remote());
    const bool goes_on = saved && saved->open() && same_source(*saved, file) &&
                         begun_on_other_terms(*saved, sources.conflict, file.replaces).empty();
    const auto as_begun = goes_on ? PartPlan::make(file.identity.size, saved->part_size) : std::nullopt;
    work.part_size = as_begun ? saved->part_size : sources.sizer.size_for(file.identity.size);
    work.plan = as_begun.value_or(PartPlan::make(file.identity.size, work.part_size).value_or(PartPlan()));
    if (!goes_on)
        return work;
    for (const auto& [number, part] : saved->parts) {
        work.stored_parts += number <= work.plan.count() ? 1 : 0;
        work.stored_bytes += number <= work.plan.count() ? part.size : 0;
    }
    work.stored_bytes = std::min(work.stored_bytes, file.identity.size);
    work.note = "; going on with upload " + printable(saved->upload_id) + ", which has " +
                count_of(saved->parts.size(), "part");
    return work;
}

// The folders to be made, as the files come.
class MissingFolders {
  public:
    explicit MissingFolders(const RemoteFolders* folders) : folders_(folders) {}

    void add(const std::string& folder) {
        if (!folders_ || folder == last_)
            return;
        last_ = folder;
        for (std::string path = folder; !path.empty() && !folders_->known(path) && paths_.insert(path).second;)
            path = parent_folder(path);
    }
    std::uint64_t count() const { return paths_.size(); }
    std::string sentence() const {
        std::vector<std::string> first(std::min(paths_.size(), folders_told));
        std::partial_sort_copy(paths_.begin(), paths_.end(), first.begin(), first.end());
        std::string names;
        for (const std::string& path : first)
            names += (names.empty() ? "" : ", ") + printable(path);
        if (count() > first.size())
            names += " and " + std::to_string(count() - first.size()) + " more";
        return "would make " + count_of(count(), "folder") + ", with one API call each: " + names;
    }

  private:
    static constexpr std::size_t folders_told = 10;
    const RemoteFolders* folders_;
    std::string last_;
    std::unordered_set<std::string> paths_;
};

// What comes to the sum of a step's files.
struct Sums {
    PlannedWork work;
    MissingFolders folders;
    std::uint64_t described = 0; // files that are to get metadata or tags
    std::uint64_t replaced = 0;  // files on the platform
    std::uint64_t renamed = 0;
    std::uint64_t skipped = 0;
};

void tell_file(const PlanSources& sources, const PlannedFile& file, Sums& sums) {
    const FileWork work = work_of(file, sources);
    sums.described += file.metadata.empty() ? 0 : 1;
    sums.replaced += file.replaces.empty() ? 0 : 1;
    sums.renamed += file.wanted.empty() ? 0 : 1;
    sums.work.parts += work.plan.count() - work.stored_parts;
    sums.work.bytes += file.identity.size - work.stored_bytes;
    sums.folders.add(file.folder);
    sources.log.info("would upload " + printable(file.path) + " as " + printable(file.placed()) +
                     (file.wanted.empty() ? "" : ", as " + printable(file.wanted) + " is taken") +
                     (file.replaces.empty() ? "" : ", in the place of the file " + printable(file.replaces)) + ": " +
                     format_size(file.identity.size) + ", " + count_of(work.plan.count(), "part") + " of up to " +
                     format_size(work.part_size) + work.note);
}

Status tell_files(const PlanSources& sources, Sums& sums) {
    for (PlanList::Reader reader(sources.check.to_upload); reader.more();) {
        const Result<PlannedFile> file = reader.next();
        if (!file.ok())
            return file.error();
        tell_file(sources, *file, sums);
    }
    for (std::uint64_t place = 0; place < sources.check.done.end();) {
        const Result<FileResult> file = sources.check.done.take(place);
        if (!file.ok())
            return file.error();
        sums.described += file->metadata.empty() ? 0 : 1;
        sums.skipped += file->skipped ? 1 : 0;
        sources.log.info((file->skipped ? "would skip " : "uploaded before: ") + printable(file->path) +
                         ": the platform has it as " + printable(file->id));
    }
    return {};
}

} // namespace

Result<PlannedWork> tell_planned(const PlanSources& sources) {
    Log& log = sources.log;
    Sums sums{.work = {}, .folders = MissingFolders(sources.folders)};
    if (const Status told = tell_files(sources, sums); !told)
        return told.error();
    PlannedWork& sum = sums.work;
    sum.files = sources.check.to_upload.files();
    sum.api_calls = sources.looked_up + sums.folders.count() + 2 * sum.files + sum.parts +
                    MetadataSetter::calls_for(sums.described);
    if (sums.folders.count() > 0)
        log.info(sums.folders.sentence());
    if (sums.replaced > 0)
        log.info("would replace " + count_of(sums.replaced, "file") + " on the platform: each gets a new id");
    if (sums.renamed > 0)
        log.info("would rename " + count_of(sums.renamed, "file") + ", as their names are taken on the platform");
    if (sums.described > 0)
        log.info("would set metadata or tags on " + count_of(sums.described, "file"));
    const std::uint64_t before = sources.check.done.count() - sums.skipped;
    log.info("would upload " + count_of(sum.files, "file") + ", " + format_size(sum.bytes) + ", in " +
             count_of(sum.parts, "part") + " with " + count_of(sum.api_calls, "API call") + ", and skip " +
             std::to_string(sums.skipped) + (before > 0 ? "; uploaded before: " + count_of(before, "file") : "") +
             "; nothing was changed (dry run)");
    return sum;
}

} // namespace ferry
