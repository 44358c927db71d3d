#include "cli/session.hpp"

#include "document/text.hpp"
#include "plugins/discovery.hpp"
#include "tasks/command_plugin.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace ferry {

ProcessGroups& running_groups() {
    static ProcessGroups groups; // trivially destroyed: a late signal may still read it
    return groups;
}

Session::Session(const CommonOptions& common)
    : common_(common)
    , log_(console_, common.log_level)
    , command_settings_(std::make_shared<CommandSettings>(running_groups())) {
    if (auto reason = registry_.add(make_command_plugin(command_settings_)))
        throw std::logic_error("the built-in task is unusable: " + *reason);
    log_.hide(command_settings_->token_variables);
}

void Session::load_plugins() {
    if (plugins_loaded_)
        return;
    plugins_loaded_ = true;
    PluginSearch search;
    search.folders = common_.plugin_dirs;
    if (const char* variable = std::getenv("FERRY_PLUGIN_PATH"))
        search.path_variable = variable;
    search.default_folder = default_plugin_folder();
    ferry::load_plugins(search, registry_);
    tell_plugin_failures(FERRY_LOG_DEBUG);
}

void Session::tell_plugin_failures(int level) const {
    for (const PluginFailure& failure : registry_.failures())
        log_.write(level, {}, "plugin " + printable(failure.file) + ": " + failure.reason);
}

std::shared_ptr<const Workflow> Session::load(const Load& load, LoadRequest request, int& code) {
    LoadResult result = load(registry_, request);
    if (!result.workflow) {
        load_plugins();
        result = load(registry_, request);
    }
    hide_tokens(result.token_variables);
    if (result.plugin_failed)
        tell_plugin_failures(FERRY_LOG_ERROR);
    for (const Diagnostic& found : result.diagnostics)
        log_.write(found.warning ? FERRY_LOG_WARN : FERRY_LOG_ERROR, {}, to_text(found));
    code = result.exit_code();
    return result.workflow;
}

void Session::hide_tokens(std::set<std::string> variables) {
    command_settings_->token_variables = std::move(variables);
    command_settings_->token_variables.insert("SB_AUTH_TOKEN");
    log_.hide(command_settings_->token_variables);
}

std::optional<std::string> Session::work_dir() {
    std::error_code error;
    const auto path = std::filesystem::current_path(error);
    if (!error && is_utf8(path.string()))
        return path.string();
    log_.error(error ? "the working directory is gone: " + error.message()
                     : "the name of the working directory is not UTF-8; start ferry elsewhere");
    return std::nullopt;
}

} // namespace ferry
