#include "cli/state_dir.hpp"

#include "document/text.hpp"
#include "unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace ferry {
namespace {

std::string without_end_slashes(std::string path) {
    // "link/" and "link/." would be followed.
    while (path.size() > 1 && (path.ends_with('/') || path.ends_with("/.")))
        path.pop_back();
    return path;
}

std::string rights_problem(const struct stat& info) {
    if (info.st_uid != ::geteuid())
        return "it belongs to another user (id " + std::to_string(info.st_uid) + ")";
    if ((info.st_mode & 0777u) != 0700u) {
        char mode[8];
        std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(info.st_mode & 07777u));
        return std::string("its mode is ") + mode + ", but it must be the user's alone: chmod 0700";
    }
    return {};
}

} // namespace

std::variant<std::string, StateDirProblem> open_state_dir(const std::string& given, bool make) {
    std::error_code error;
    const std::string path = without_end_slashes(std::filesystem::absolute(given, error).string());
    const std::string what = "state directory '" + printable(path) + "': ";
    if (error)
        return StateDirProblem{what + error.message()};
    if (make && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return StateDirProblem{what + "it cannot be made: " + std::strerror(errno)};
    const UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) {
        if (errno == ENOENT && !make)
            return path;
        if (errno == ENOTDIR || errno == ELOOP)
            return StateDirProblem{what + "it is a link or no directory; give the real directory"};
        return StateDirProblem{what + "it cannot be opened: " + std::strerror(errno)};
    }
    struct stat info {};
    if (::fstat(folder.get(), &info) != 0)
        return StateDirProblem{what + std::strerror(errno)};
    if (const std::string problem = rights_problem(info); !problem.empty())
        return StateDirProblem{what + problem};
    return path;
}

} // namespace ferry
