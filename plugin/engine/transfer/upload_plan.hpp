// What can be decided about a step's files on this machine alone, before the first request.
#pragma once

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/status.hpp"
#include "transfer/plan_list.hpp"
#include "transfer/plan_problems.hpp"
#include "transfer/upload_options.hpp"

namespace ferry {

// The files of a step, in order, but for those with problems: all that is wrong with them is found in one go. Warnings
// go to the log. An error: kind cancelled if it was stopped before it knew them all, or the list could not be kept.
Result<PlanList> plan_files(const UploadOptions& options, PlanProblems& problems, Log& log, const CancelToken& cancel);

} // namespace ferry
