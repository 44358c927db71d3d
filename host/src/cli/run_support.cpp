#include "cli/run_support.hpp"

#include <filesystem>
#include <system_error>

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

} // namespace ferry
