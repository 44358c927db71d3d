// A setting that comes from the process's surroundings, with where it was found.
#pragma once

#include <string>

namespace ferry {

// Both empty if there is none.
struct FoundSetting {
    std::string name; // for messages: the variable in the spelling found, or the key with its file and line
    std::string value;
};

} // namespace ferry
