// The task `command`, built in, through the same table as any plugin.
#pragma once

#include "plugins/task_registry.hpp"
#include "tasks/command_settings.hpp"

#include <memory>

namespace ferry {

// Holds on to `settings`, which may still be filled in until the first command runs.
std::shared_ptr<PluginHandle> make_command_plugin(std::shared_ptr<const CommandSettings> settings);

} // namespace ferry
