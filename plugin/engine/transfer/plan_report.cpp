#include "transfer/plan_report.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "transfer/part_plan.hpp"
#include "transfer/resume_check.hpp"

#include <algorithm>
#include <string>

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

FileWork work_of(const PlannedFile& file, const PartSizer& sizer, const UploadJournal& journal) {
    FileWork work;
    const SavedFile* saved = journal.saved(file.name);
    const bool goes_on = saved && saved->open() && same_source(*saved, file);
    const auto as_begun = goes_on ? PartPlan::make(file.identity.size, saved->part_size) : std::nullopt;
    work.part_size = as_begun ? saved->part_size : sizer.size_for(file.identity.size);
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

Status tell_files(const NameCheck& check, const PartSizer& sizer, const UploadJournal& journal, Log& log,
                  PlannedWork& sum) {
    for (PlanList::Reader reader(check.to_upload); reader.more();) {
        const Result<PlannedFile> file = reader.next();
        if (!file.ok())
            return file.error();
        const FileWork work = work_of(*file, sizer, journal);
        sum.parts += work.plan.count() - work.stored_parts;
        sum.bytes += file->identity.size - work.stored_bytes;
        log.info("would upload " + printable(file->path) + " as " + printable(file->name) + ": " +
                 format_size(file->identity.size) + ", " + count_of(work.plan.count(), "part") + " of up to " +
                 format_size(work.part_size) + work.note);
    }
    for (std::uint64_t place = 0; place < check.done.end();) {
        const Result<FileResult> file = check.done.take(place);
        if (!file.ok())
            return file.error();
        log.info((file->skipped ? "would skip " : "uploaded before: ") + printable(file->path) +
                 ": the platform has it as " + printable(file->id));
    }
    return {};
}

} // namespace

Result<PlannedWork> tell_planned(const NameCheck& check, const PartSizer& sizer, const UploadJournal& journal,
                                 Log& log) {
    PlannedWork sum;
    if (const Status told = tell_files(check, sizer, journal, log, sum); !told)
        return told.error();
    sum.files = check.to_upload.files();
    const std::uint64_t looked_up = sum.files + check.done.count() + check.failed.size();
    sum.api_calls = calls_to_look_up(looked_up) + 2 * sum.files + sum.parts;
    log.info("would upload " + count_of(sum.files, "file") + ", " + format_size(sum.bytes) + ", in " +
             count_of(sum.parts, "part") + " with " + count_of(sum.api_calls, "API call") + ", and skip " +
             std::to_string(check.done.count()) + "; nothing was changed (dry run)");
    return sum;
}

} // namespace ferry
