#include "report/result_writer.hpp"

#include "document/text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ferry {

std::optional<std::string> write_stdout(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno != EINTR)
            return std::string("the result cannot be written to standard output: ") + std::strerror(errno);
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
