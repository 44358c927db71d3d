// The task type `upload`: the ABI's functions over the engine.
#pragma once

#include "ferry_plugin.h"

namespace ferry {

// The plugin's constant table; alive as long as the library.
const ferry_plugin& upload_plugin_table();

} // namespace ferry
