// What no document of ours may hold anywhere, whatever its schema says.
#pragma once

#include "diagnostic.hpp"
#include "schema/json_value.hpp"

#include <string>

namespace ferry {

// Texts and keys with a zero byte (they end early for every C interface) or that are not UTF-8 (from the command line
// or the environment: nothing behind takes them), keys above 1,024 bytes, integers beyond 63 bits, nesting deeper than
// 100.
void find_hostile_values(const Json& value, const std::string& file, const std::string& pointer, Diagnostics& problems);

} // namespace ferry
