// Which of the names are taken on the platform, and what that means under the conflict policy.
#pragma once

#include "base/status.hpp"
#include "platform/platform_api.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/plan_list.hpp"
#include "transfer/result_list.hpp"
#include "transfer/upload_options.hpp"
#include "transfer/work_queue.hpp"

#include <cstdint>
#include <vector>

namespace ferry {

struct NameCheck {
    PlanList to_upload;
    ResultList done;                // uploaded by an earlier run, or there with the same size and to be skipped
    std::vector<FailedFile> failed; // there, and not to be replaced
};

// One call per 100 files, and one if there is none: that also proves the token and the target. What the journal has as
// done counts as done, whatever the policy, if the source is unchanged and the platform still has that very file. An
// error means that nothing may be sent; under Conflict::fail it names the clashes. `api` null: no call is made, all
// names count as free, and what the journal has as done as there.
Result<NameCheck> check_names(PlatformApi* api, const UploadOptions& options, const UploadJournal& journal,
                              const PlanList& files, Log& log, const CancelToken& cancel);

// How many listings check_names() asks for so many files.
std::uint64_t calls_to_look_up(std::uint64_t files);

} // namespace ferry
