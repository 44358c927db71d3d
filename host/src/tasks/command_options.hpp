// The options of `command` as typed values.
#pragma once

#include "diagnostic.hpp"
#include "tasks/child_environment.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry {

struct CommandOptions {
    std::vector<std::string> command; // not empty
    std::string cwd = ".";
    EnvironmentChanges env;
    std::string input = "/dev/null";
    std::optional<std::string> output; // none: kept in the state directory
    std::optional<std::string> error;
    std::vector<std::pair<std::string, std::string>> inputs;  // label ("input 'reads'") and path or glob
    std::vector<std::pair<std::string, std::string>> outputs; // name and path or glob
};

// From a JSON object that the schema admits. Appends what the schema cannot say (NUL characters, names that cannot be)
// to `diagnostics`.
CommandOptions read_command_options(std::string_view json, Diagnostics& diagnostics);

} // namespace ferry
