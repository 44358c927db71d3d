// From a file name to a plugin, or to one sentence why not.
#pragma once

#include "plugins/task_registry.hpp"

#include <memory>
#include <string>
#include <variant>

namespace ferry {

using LoadedPlugin = std::variant<std::shared_ptr<PluginHandle>, std::string>;

// Checks who may write the file (absolute path), tries it in a child process, then loads it here. A plugin that fails
// any of it is never mapped into this process. Call it while the process has one thread.
LoadedPlugin load_plugin(const std::string& path);

} // namespace ferry
