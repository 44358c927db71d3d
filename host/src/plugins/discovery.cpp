#include "plugins/discovery.hpp"

#include "document/text.hpp"
#include "plugins/file_safety.hpp"
#include "plugins/plugin_loader.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

namespace ferry {
namespace {

namespace fs = std::filesystem;

// The folders in their order; what the variable may not say becomes a failure.
std::vector<std::string> folders_of(const PluginSearch& search, TaskRegistry& registry) {
    std::vector<std::string> folders = search.folders;
    if (search.path_variable && !search.path_variable->empty()) {
        std::size_t number = 0;
        for (std::size_t at = 0; at <= search.path_variable->size();) {
            const std::size_t end = std::min(search.path_variable->find(':', at), search.path_variable->size());
            const std::string entry = search.path_variable->substr(at, end - at);
            at = end + 1;
            ++number;
            if (entry.starts_with('/'))
                folders.push_back(entry);
            else
                registry.add_failure(
                    {"FERRY_PLUGIN_PATH",
                     "entry " + std::to_string(number) +
                         (entry.empty() ? " is empty" : " ('" + printable(entry, 500) + "') is relative") +
                         "; only absolute folders are searched for plugins"});
        }
    }
    std::error_code ignored;
    if (!search.default_folder.empty() && fs::exists(search.default_folder, ignored))
        folders.push_back(search.default_folder);
    return folders;
}

// The *.so of a folder by name; whatever else is in them is for the loader to judge.
std::vector<std::string> libraries_in(const std::string& folder, std::error_code& error) {
    std::vector<std::string> names;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->path().extension() == ".so")
            names.push_back(it->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

void load_one(const std::string& file, TaskRegistry& registry) {
    LoadedPlugin loaded = load_plugin(file);
    if (auto* handle = std::get_if<std::shared_ptr<PluginHandle>>(&loaded)) {
        if (auto reason = registry.add(std::move(*handle)))
            registry.add_failure({file, *reason});
    } else {
        registry.add_failure({file, std::get<std::string>(loaded)});
    }
}

} // namespace

void load_plugins(const PluginSearch& search, TaskRegistry& registry) {
    std::set<std::string> seen;
    std::set<std::string> searched;
    for (const std::string& folder : folders_of(search, registry)) {
        if (!searched.insert(folder).second)
            continue;
        if (auto reason = unsafe_folder(folder)) {
            registry.add_failure({folder, *reason});
            continue;
        }
        std::error_code error;
        for (const std::string& name : libraries_in(folder, error))
            if (seen.insert(name).second)
                load_one((fs::path(folder) / name).string(), registry);
        if (error)
            registry.add_failure({folder, "the plugin folder cannot be read: " + error.message()});
    }
}

std::string default_plugin_folder() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error)
        return {};
    return (program.parent_path().parent_path() / "lib/ferry/plugins").string();
}

} // namespace ferry
