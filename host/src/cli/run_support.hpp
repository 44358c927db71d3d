// What the commands that run something share.
#pragma once

#include "cli/session.hpp"
#include "report/leftovers.hpp"
#include "stop.hpp"

#include <string>

namespace ferry {

// Lives as long as the signal handlers.
StopFlag& process_stop_flag();

std::string absolute_in(const std::string& folder, const std::string& path);

// Two names of one file, existing or not; false if one is empty.
bool same_file(const std::string& a, const std::string& b);

// The last line of a command that has failed or was stopped: the command that goes on.
void tell_how_to_go_on(const std::string& command, Session& session);

// Tells what is left on the platform and the command that drops it, if something is.
void tell_leftovers(const Leftovers& leftovers, const CommonOptions& common, const std::string& state_dir,
                    Session& session);

} // namespace ferry
