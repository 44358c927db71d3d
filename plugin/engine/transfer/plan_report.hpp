// What a dry run tells of an upload step.
#pragma once

#include "base/log.hpp"
#include "base/status.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/part_sizer.hpp"
#include "transfer/remote_names.hpp"
#include "transfer/upload_job.hpp"

namespace ferry {

// A line of the log for each file, one for their sum, and that sum: what is sent and called when nothing fails.
Result<PlannedWork> tell_planned(const NameCheck& check, const PartSizer& sizer, const UploadJournal& journal,
                                 Log& log);

} // namespace ferry
