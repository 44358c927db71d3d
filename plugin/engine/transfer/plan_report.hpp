// What a dry run tells of an upload step.
#pragma once

#include "base/log.hpp"
#include "base/status.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/part_sizer.hpp"
#include "transfer/remote_names.hpp"
#include "transfer/upload_job.hpp"

#include <cstdint>

namespace ferry {

struct PlanSources {
    const NameCheck& check;
    const PartSizer& sizer;
    const UploadJournal& journal;
    Conflict conflict = Conflict::fail;
    const RemoteFolders* folders = nullptr; // null: the platform was not asked which are there
    std::uint64_t looked_up = 0;            // calls that the check of the names has taken, or would
    Log& log;
};

// A line of the log for each file, one for the folders that are missing, one for their sum, and that sum: what is sent
// and called when nothing fails.
Result<PlannedWork> tell_planned(const PlanSources& sources);

} // namespace ferry
