// What a job finds out before it sends anything: its files, what an earlier run did of them, and how the platform
// stands to it.
#pragma once

#include "base/cancel.hpp"
#include "base/status.hpp"
#include "platform/platform_api.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/plan_problems.hpp"
#include "transfer/remote_names.hpp"
#include "transfer/upload_options.hpp"

#include <functional>
#include <memory>
#include <string>

namespace ferry {

class TransportFactory;

// Everything outlives the call, and what `on_lost` needs the journal.
struct PreflightContext {
    const UploadOptions& options;
    TransportFactory& transports;
    ApiContext& api;
    RemoteFolders& folders;
    NewNames& new_names;
    CancelToken& stop;
    std::function<void(std::string reason)> on_lost; // the journal's lease; called on a thread of its own
};

// `problems`: what is wrong already. All that can be found is found in one go, here and on the platform; an error means
// that nothing may be sent. Who is only going to hear of problems or of a plan does not wait for a dead line, and
// leaves the journal as it is. `journal` is set where it could be opened, also if there is an error.
Result<NameCheck> look_before_upload(const PreflightContext& context, PlanProblems problems,
                                     std::unique_ptr<UploadJournal>& journal);

} // namespace ferry
