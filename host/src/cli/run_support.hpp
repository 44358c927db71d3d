// What the commands that run something share.
#pragma once

#include "stop.hpp"

#include <string>

namespace ferry {

// Lives as long as the signal handlers.
StopFlag& process_stop_flag();

std::string absolute_in(const std::string& folder, const std::string& path);

// Two names of one file, existing or not; false if one is empty.
bool same_file(const std::string& a, const std::string& b);

} // namespace ferry
