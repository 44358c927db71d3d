#include "state/private_folder.hpp"

#include "base/system_reason.hpp"
#include "document/text.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t longest_line = 1u << 20;

ErrorKind kind_of(int error) {
    return error == EEXIST ? ErrorKind::conflict : error == ENOENT ? ErrorKind::not_found : ErrorKind::io;
}

// Empty if the folder or file is the user's alone.
std::string rights_problem(const struct stat& info) {
    if (info.st_uid != ::geteuid())
        return "it belongs to another user (id " + std::to_string(info.st_uid) + ")";
    if ((info.st_mode & 0077u) != 0)
        return "others have rights on it: chmod go= it";
    return {};
}

} // namespace

Error PrivateFolder::failed(const std::string& name, const std::string& what, int error) const {
    return {kind_of(error), printable(path_of(name)) + " " + what + ": " + system_reason(error)};
}

Result<PrivateFolder> PrivateFolder::open(const std::string& path, bool read_only) {
    const std::string what = "the state folder " + printable(path) + " ";
    const int made = read_only || ::mkdir(path.c_str(), 0700) == 0 ? 0 : errno;
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat info {};
    if (!folder || ::fstat(folder.get(), &info) != 0) {
        const int error = errno == ENOENT && made != 0 ? made : errno; // why it is not there
        return Error{error == ENOENT                      ? ErrorKind::not_found
                     : error == ELOOP || error == ENOTDIR ? ErrorKind::invalid
                                                          : ErrorKind::io,
                     what + "cannot be used: " +
                         (error == ELOOP || error == ENOTDIR ? "it is a link or no folder" : system_reason(error))};
    }
    if (const std::string problem = rights_problem(info); !problem.empty())
        return Error{ErrorKind::invalid, what + "cannot be used: " + problem};
    if (made == 0 && !read_only) { // its own name is durable only once the folder above is
        const Descriptor above(::openat(folder.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (above)
            ::fsync(above.get());
    }
    return PrivateFolder(std::move(folder), path);
}

Result<Descriptor> PrivateFolder::create(const std::string& name) const {
    Descriptor file(::openat(folder_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return failed(name, "cannot be made", errno);
    return file;
}

Result<Descriptor> PrivateFolder::read(const std::string& name) const {
    // O_NONBLOCK: nothing put there may hold us.
    Descriptor file(::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0)
        return failed(name, "cannot be opened", errno);
    if (!S_ISREG(info.st_mode))
        return Error{ErrorKind::invalid, printable(path_of(name)) + " is no regular file; remove it"};
    if (const std::string problem = rights_problem(info); !problem.empty())
        return Error{ErrorKind::invalid, printable(path_of(name)) + " cannot be used: " + problem};
    return file;
}

Status PrivateFolder::rename(const std::string& from, const std::string& to) const {
    if (::renameat(folder_.get(), from.c_str(), folder_.get(), to.c_str()) != 0)
        return failed(to, "cannot be put in place", errno);
    return {};
}

Status PrivateFolder::link(const std::string& existing, const std::string& name) const {
    if (::linkat(folder_.get(), existing.c_str(), folder_.get(), name.c_str(), 0) != 0)
        return failed(name, "cannot be made", errno);
    return {};
}

void PrivateFolder::remove(const std::string& name) const {
    ::unlinkat(folder_.get(), name.c_str(), 0);
}

void PrivateFolder::sync() const {
    ::fsync(folder_.get());
}

Result<std::vector<std::string>> PrivateFolder::names() const {
    const int copy = ::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
    if (!folder) {
        const int error = errno;
        if (copy >= 0)
            ::close(copy);
        return failed(".", "cannot be listed", error);
    }
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder.get()))
        if (const std::string_view name = entry->d_name; name != "." && name != "..")
            names.emplace_back(name);
    return names;
}

Status PrivateFolder::note(const std::string& name, const std::string& word) const {
    if (::symlinkat(word.c_str(), folder_.get(), name.c_str()) != 0)
        return failed(name, "cannot be made", errno);
    return {};
}

std::optional<std::string> PrivateFolder::noted(const std::string& name) const {
    std::array<char, 256> word{};
    const ssize_t size = ::readlinkat(folder_.get(), name.c_str(), word.data(), word.size());
    if (size <= 0 || static_cast<std::size_t>(size) == word.size())
        return std::nullopt;
    return std::string(word.data(), static_cast<std::size_t>(size));
}

Status write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return {ErrorKind::io, count < 0 ? system_reason(errno) : "nothing could be written"};
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<std::string> read_all(int fd, std::size_t limit) {
    std::string text;
    std::array<char, 4096> buffer;
    while (text.size() < limit) {
        const ssize_t count = ::read(fd, buffer.data(), std::min(buffer.size(), limit - text.size()));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error{ErrorKind::io, system_reason(errno)};
        if (count == 0)
            break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

bool for_each_line(int fd, const std::function<void(std::string_view)>& line) {
    std::vector<char> buffer(64u << 10);
    std::string begun; // of a line that the next read goes on with
    bool too_long = false;
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count == 0;
        std::string_view rest(buffer.data(), static_cast<std::size_t>(count));
        for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            begun.append(rest.substr(0, end));
            line(too_long ? std::string_view() : std::string_view(begun));
            begun.clear();
            too_long = false;
            rest.remove_prefix(end + 1);
        }
        too_long = too_long || begun.size() + rest.size() > longest_line;
        if (too_long)
            begun.clear();
        else
            begun.append(rest);
    }
}

} // namespace ferry
