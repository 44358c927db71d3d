// What all `command` steps of the process share.
#pragma once

#include "tasks/process_groups.hpp"

#include <chrono>
#include <set>
#include <string>

namespace ferry {

// Changed only while no command runs.
struct CommandSettings {
    explicit CommandSettings(ProcessGroups& running) : groups(running) {}

    ProcessGroups& groups;
    // Variables that hold tokens: not inherited by commands, and their values never shown.
    std::set<std::string> token_variables{"SB_AUTH_TOKEN"};
    std::chrono::milliseconds grace{10'000}; // from TERM to KILL
};

} // namespace ferry
