// What every command needs: the log, the tasks on offer, the loaded workflow.
#pragma once

#include "cli/command.hpp"
#include "plugins/task_registry.hpp"
#include "report/console.hpp"
#include "report/log.hpp"
#include "tasks/command_settings.hpp"
#include "workflow/load.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ferry {

namespace exit_code {
inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int usage = 2;
inline constexpr int plugin = 3;
inline constexpr int refused = 4;
} // namespace exit_code

// Used by the main thread only, before any other is started; the log may be used from all.
class Session {
  public:
    explicit Session(const CommonOptions& common);

    Console& console() { return console_; }
    Log& log() { return log_; }
    const TaskRegistry& registry() const { return registry_; }

    void load_plugins();
    void tell_plugin_failures(int level) const;

    // Loads with the built-in tasks first and asks for plugins only if that is not enough: a workflow of commands pays
    // for no plugin. Tells all diagnostics. Null: `code` says how to exit.
    using Load = std::function<LoadResult(const TaskRegistry&, const LoadRequest&)>;
    std::shared_ptr<const Workflow> load(const Load& load, LoadRequest request, int& code);

    // What these variables hold reaches no command and no line of the log. Before anything runs.
    void hide_tokens(std::set<std::string> variables);

    // Absolute working directory; nullopt and told if it is gone.
    std::optional<std::string> work_dir();

  private:
    const CommonOptions& common_;
    Console console_;
    Log log_;
    std::shared_ptr<CommandSettings> command_settings_;
    TaskRegistry registry_;
    bool plugins_loaded_ = false;
};

// The process groups of running commands, known to the signal handlers for the life of the process.
ProcessGroups& running_groups();

} // namespace ferry
