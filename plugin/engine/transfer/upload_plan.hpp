// What can be decided about a step's files on this machine alone, before the first request.
#pragma once

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/status.hpp"
#include "transfer/plan_list.hpp"
#include "transfer/upload_options.hpp"

#include <string_view>

namespace ferry {

// The files of a step, in order. All that is wrong with them is found in one go: a single problem is the error's
// message; of several, each is a line of the log and the message tells how many there are. Warnings go to the log. Kind
// cancelled if it was stopped before it knew them all.
Result<PlanList> plan_files(const UploadOptions& options, Log& log, const CancelToken& cancel);

// What the platform would refuse in a name (contract 8): empty if nothing.
std::string name_problem(std::string_view name);

} // namespace ferry
