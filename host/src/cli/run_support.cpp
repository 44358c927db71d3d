#include "cli/run_support.hpp"

#include "cli/go_on.hpp"

#include <filesystem>
#include <system_error>
#include <vector>

namespace ferry {

StopFlag& process_stop_flag() {
    static StopFlag flag;
    return flag;
}

std::string absolute_in(const std::string& folder, const std::string& path) {
    return (std::filesystem::path(folder) / path).string();
}

bool same_file(const std::string& a, const std::string& b) {
    std::error_code error;
    if (a.empty() || b.empty())
        return false;
    const auto whole = [&](const std::string& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    };
    return std::filesystem::equivalent(a, b, error) || whole(a) == whole(b);
}

void tell_how_to_go_on(const std::string& command, Session& session) {
    session.log().always("to go on, once the cause is gone: " + command);
}

void tell_leftovers(const Leftovers& leftovers, const CommonOptions& common, const std::string& state_dir,
                    Session& session) {
    if (!leftovers.any())
        return;
    std::vector<std::string> places{"--state-dir", state_dir};
    std::error_code error;
    for (const std::string& folder : common.plugin_dirs) {
        places.emplace_back("--plugin-dir");
        places.push_back(std::filesystem::absolute(folder, error).string());
    }
    session.log().warn(leftovers.text(state_dir, [&](const std::string& task, const JsonObject& with) {
        return command_for_task(task, with, places);
    }));
}

} // namespace ferry
