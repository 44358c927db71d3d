#include "workflow/atomic_file.hpp"

#include "document/text.hpp"
#include "unique_fd.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace ferry {

namespace {

std::string failure(const std::string& path, const std::string& what) {
    return "cannot write " + printable(path, 300) + ": " + what;
}

std::string failure(const std::string& path) {
    return failure(path, std::strerror(errno));
}

bool write_whole(int fd, std::string_view content) {
    while (!content.empty()) {
        const ssize_t count = ::write(fd, content.data(), content.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        content.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

// Removes the file beside the target unless it took the target's place.
struct Beside {
    std::string path;
    bool renamed = false;
    ~Beside() {
        if (!renamed)
            ::unlink(path.c_str());
    }
};

UniqueFd create_beside(const std::filesystem::path& target, std::string& name, mode_t mode) {
    static std::atomic<unsigned> counter{0};
    for (int tries = 0; tries < 100; ++tries) {
        name = target.parent_path() / ("." + target.filename().string().substr(0, 200) + "." +
                                       std::to_string(::getpid()) + "." + std::to_string(counter++) + ".tmp");
        UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
        if (fd || errno != EEXIST)
            return fd;
    }
    return {};
}

// The rename is durable only once the folder is. Some file systems cannot sync folders; the file is there anyway.
void sync_folder(const std::filesystem::path& folder) {
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd)
        ::fsync(fd.get());
}

} // namespace

std::optional<std::string> write_atomically(const std::string& path, std::string_view content) {
    if (path.empty())
        return "cannot write: the name of the file is empty";
    std::filesystem::path target(path);
    if (!target.has_parent_path())
        target = std::filesystem::path(".") / target;
    struct stat before {};
    const bool exists = ::lstat(target.c_str(), &before) == 0;
    if (!exists && errno != ENOENT)
        return failure(path);
    if (exists && !S_ISREG(before.st_mode))
        return failure(path, S_ISLNK(before.st_mode)   ? "it is a symbolic link; name the file that it leads to"
                             : S_ISDIR(before.st_mode) ? "it is a folder; name a file"
                                                       : "it is no regular file; name another");
    Beside beside;
    UniqueFd fd = create_beside(target, beside.path, 0666);
    if (!fd) {
        beside.renamed = true; // nothing to remove
        return failure(path);
    }
    if (exists && ::fchmod(fd.get(), before.st_mode & 0777) != 0)
        return failure(path);
    if (!write_whole(fd.get(), content) || ::fsync(fd.get()) != 0 || ::rename(beside.path.c_str(), target.c_str()) != 0)
        return failure(path);
    beside.renamed = true;
    sync_folder(target.parent_path());
    return std::nullopt;
}

std::optional<std::string> replace_private_file(const std::string& path, std::string_view content) {
    Beside beside;
    const UniqueFd fd = create_beside(path, beside.path, 0600);
    if (!fd) {
        beside.renamed = true; // nothing to remove
        return failure(path);
    }
    if (!write_whole(fd.get(), content) || ::rename(beside.path.c_str(), path.c_str()) != 0)
        return failure(path);
    beside.renamed = true;
    return std::nullopt;
}

} // namespace ferry
