// Text that a shell will parse: where a value put in may turn into a command.
#pragma once

#include "schema/json_value.hpp"

#include <cstddef>
#include <optional>

namespace ferry {

// The index of the script in `command` if that runs a shell with -c (also -ceu, -euo pipefail -c, env bash -c ...).
std::optional<std::size_t> shell_script_index(const JsonArray& command);

} // namespace ferry
