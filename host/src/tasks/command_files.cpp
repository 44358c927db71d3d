#include "tasks/command_files.hpp"

#include "document/glob.hpp"
#include "document/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ferry {
namespace {

FileError cannot(const std::string& what, const std::string& path, int error) {
    return {what + " '" + printable(path, 600) + "': " + std::strerror(error)};
}

// Opening is done without blocking; reading and writing shall block.
FileResult<UniqueFd> blocking(UniqueFd file) {
    const int flags = ::fcntl(file.get(), F_GETFL);
    ::fcntl(file.get(), F_SETFL, flags & ~O_NONBLOCK);
    return file;
}

} // namespace

FileResult<UniqueFd> open_command_input(const std::string& path) {
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return cannot("cannot open the standard input", path, errno);
    struct stat info {};
    if (::fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode))
        return cannot("cannot open the standard input", path, EISDIR);
    return blocking(std::move(file));
}

FileResult<UniqueFd> open_command_output(const std::string& path) {
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666));
    if (!file)
        return errno == ENXIO ? FileError{"nobody reads the FIFO '" + printable(path, 600) + "'"}
                              : cannot("cannot write the file", path, errno);
    return blocking(std::move(file));
}

std::optional<FileError> make_run_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST)
        return std::nullopt;
    const std::size_t slash = path.rfind('/');
    if (errno == ENOENT && slash != std::string::npos && slash > 0) {
        if (auto error = make_run_folder(path.substr(0, slash)))
            return error;
        if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST)
            return std::nullopt;
    }
    return cannot("cannot make the folder", path, errno);
}

std::optional<FileMoment> moment_of(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
        return std::nullopt;
    return FileMoment{info.st_dev, info.st_ino,
                      std::int64_t{info.st_ctim.tv_sec} * 1'000'000'000 + info.st_ctim.tv_nsec};
}

bool is_kept_output(const std::string& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

FileResult<UniqueFd> open_kept_output(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return cannot("cannot replace the file", path, errno);
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return cannot("cannot make the file", path, errno);
    return file;
}

std::vector<std::string> last_lines(const std::string& path, std::size_t count,
                                    const std::function<std::string(std::string)>& clean) {
    constexpr off_t window = 16384;
    constexpr off_t before = 8192; // longer than a token: the end of one that begins before it is cut off again
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return {};
    const off_t begin = std::max<off_t>(0, info.st_size - window - before);
    std::string text(static_cast<std::size_t>(info.st_size - begin), '\0');
    const ssize_t got = ::pread(file.get(), text.data(), text.size(), begin);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    text = clean(std::move(text));
    if (begin > 0)
        text.erase(0, std::min(text.size(), static_cast<std::size_t>(before)));
    std::vector<std::string> lines;
    while (!text.empty() && lines.size() < count) {
        const std::size_t end = text.rfind('\n');
        std::string line = end == std::string::npos ? text : text.substr(end + 1);
        text.resize(end == std::string::npos ? 0 : end);
        line.erase(line.find_last_not_of('\r') + 1);
        line.erase(0, line.rfind('\r') + 1);
        if (!line.empty())
            lines.push_back(std::move(line));
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

std::string absolute_path(const std::string& base, const std::string& path) {
    const std::filesystem::path whole = std::filesystem::path(base) / path;
    std::string text;
    for (const auto& component : whole) // the root is a component of its own
        if (!component.empty() && component != "." && component != "/")
            text += "/" + component.string();
    return text.empty() ? "/" : text;
}

FileResult<std::vector<std::string>> existing_paths(const std::string& base, const std::string& path_or_glob) {
    if (is_glob(path_or_glob)) {
        GlobResult found = expand_glob(base, path_or_glob, GlobFinds::everything);
        if (found.paths.empty())
            return FileError{"nothing matches '" + printable(path_or_glob, 600) + "' (looked for in " +
                             printable(base, 400) + ")"};
        return std::move(found.paths);
    }
    const std::string path = absolute_path(base, literal_of(path_or_glob));
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return errno == ENOENT ? FileError{"there is no file '" + printable(path, 1000) + "'"}
                               : cannot("cannot look at", path, errno);
    return std::vector<std::string>{path};
}

} // namespace ferry
