#include "report/result_writer.hpp"

#include "base/system_reason.hpp"
#include "document/text.hpp"
#include "report/slow_reader.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>

namespace ferry {

namespace {

std::string not_written(const std::string& why) {
    return "the result cannot be written to standard output: " + why;
}

// A pipe or terminal with room for a little would block in a large write, and see no stop there. Files take lines
// whole.
std::size_t most_at_once() {
    struct stat info {};
    const bool file = ::fstat(STDOUT_FILENO, &info) == 0 && S_ISREG(info.st_mode);
    return file ? std::string_view::npos : PIPE_BUF;
}

} // namespace

std::optional<std::string> write_stdout(std::string_view text, const StopFlag* stop) {
    const std::size_t most = most_at_once();
    while (!text.empty()) {
        if (!SlowReader(stop).wait_for_room(STDOUT_FILENO))
            return not_written("its reader had not taken it when all was to stop");
        const ssize_t written = ::write(STDOUT_FILENO, text.data(), std::min(text.size(), most));
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return not_written((errno == EPIPE ? "nobody reads it any more: " : "") + system_reason(errno));
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return std::nullopt;
}

std::optional<std::string> outputs_file_problem(const std::string& path) {
    const std::string what = "--outputs '" + printable(path) + "': ";
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0) {
        if (!S_ISREG(info.st_mode))
            return what + "something other than a regular file is there, and it is not replaced; give another name";
    } else if (errno != ENOENT)
        return what + std::strerror(errno);
    std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (folder.empty())
        folder = ".";
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return what + "no file can be made in the folder '" + printable(folder.string()) + "': " + std::strerror(errno);
    return std::nullopt;
}

} // namespace ferry
