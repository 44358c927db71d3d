// Which of the names are taken on the platform, and what that means under the conflict policy.
#pragma once

#include "base/status.hpp"
#include "platform/platform_api.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/new_names.hpp"
#include "transfer/plan_list.hpp"
#include "transfer/plan_problems.hpp"
#include "transfer/remote_folders.hpp"
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
    std::uint64_t asked = 0;        // calls that it took
    std::uint64_t not_asked = 0;    // calls that were not made, as there is no API: about so many it would take
};

struct NameSources {
    PlatformApi* api; // null: no call is made, all names count as free, and what the journal has as done as there
    const UploadOptions& options;
    const UploadJournal& journal;
    RemoteFolders& folders; // those of the files are known afterwards
    NewNames& new_names;
    PlanProblems& problems;
    Log& log;
    const CancelToken& cancel;
};

// The folders of some thousand files at a time, then their names: one call per 100 files of a folder that is there, and
// at least one in all: that proves the token and the target, too. What the journal has as done counts as done, whatever
// the policy, if the source is unchanged and the platform still has that very file. Clashes under Conflict::fail are
// one problem, which names them.
Result<NameCheck> check_names(const NameSources& sources, const PlanList& files);

} // namespace ferry
