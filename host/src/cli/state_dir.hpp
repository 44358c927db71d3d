// The state directory: private to the user, or not used.
#pragma once

#include <string>
#include <variant>

namespace ferry {

struct StateDirProblem {
    std::string reason; // one sentence
};

// The absolute path of the directory, made with mode 0700 if it is missing (and `make` is true). Refused: a link,
// anything but a directory, another owner, rights for others.
std::variant<std::string, StateDirProblem> open_state_dir(const std::string& path, bool make);

} // namespace ferry
