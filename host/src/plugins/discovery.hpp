// Where plugins are looked for, and which of them are loaded.
#pragma once

#include "plugins/task_registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ferry {

struct PluginSearch {
    std::vector<std::string> folders;         // --plugin-dir, absolute, in the order given
    std::optional<std::string> path_variable; // FERRY_PLUGIN_PATH: absolute folders, separated by colons
    std::string default_folder;               // ../lib/ferry/plugins from the binary; empty: none. May be missing
};

// Loads every *.so of these folders into the registry, folder by folder, by name; a file name seen earlier hides later
// ones, also if it cannot be loaded. What cannot be used becomes a failure of the registry with the reason. Call it
// while the process has one thread.
void load_plugins(const PluginSearch& search, TaskRegistry& registry);

// "../lib/ferry/plugins" from the running program; empty if /proc does not tell.
std::string default_plugin_folder();

} // namespace ferry
