#include "plugins/file_safety.hpp"

#include "unique_fd.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

namespace ferry {
namespace {

std::string mode_text(mode_t mode) {
    char text[8];
    std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777u));
    return text;
}

// Owner and rights, the same for files and folders.
std::optional<std::string> unsafe_rights(const struct stat& info, const std::string& what) {
    if (info.st_uid != 0 && info.st_uid != ::geteuid())
        return what + " belongs to another user (id " + std::to_string(info.st_uid) +
               "); it must belong to you or to root";
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return what + " can be written by others (mode " + mode_text(info.st_mode) +
               "); take that right away: chmod go-w";
    return std::nullopt;
}

std::optional<std::string> not_a_library(int fd) {
    Elf64_Ehdr header{};
    const ssize_t got = ::pread(fd, &header, sizeof header, 0);
    if (got < static_cast<ssize_t>(EI_NIDENT) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return "the file is not a shared library";
    if (got < static_cast<ssize_t>(sizeof header) || header.e_type != ET_DYN)
        return "the file is a program or object file, not a shared library";
    return std::nullopt;
}

std::string real_path(const std::string& path) {
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
    return real ? real.get() : std::string();
}

std::string cannot(const char* what, int error) {
    return std::string(what) + ": " + std::strerror(error);
}

} // namespace

std::optional<std::string> unsafe_folder(const std::string& path) {
    const UniqueFd folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder)
        return cannot("the plugin folder cannot be opened", errno);
    struct stat info {};
    if (::fstat(folder.get(), &info) != 0)
        return cannot("the plugin folder cannot be looked at", errno);
    return unsafe_rights(info, "the plugin folder");
}

std::optional<std::string> unsafe_plugin_file(const std::string& path) {
    struct stat link {};
    if (::lstat(path.c_str(), &link) != 0)
        return errno == ENOENT ? "there is no such file" : cannot("the file cannot be looked at", errno);
    const std::string real = real_path(path);
    if (real.empty())
        return S_ISLNK(link.st_mode) && errno == ENOENT ? "the file is a link that leads nowhere"
                                                        : cannot("the file's real path cannot be found", errno);
    // O_NONBLOCK: a FIFO named x.so must not hang the start.
    const UniqueFd file(::open(real.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return cannot("the file cannot be opened", errno);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0)
        return cannot("the file cannot be looked at", errno);
    if (!S_ISREG(info.st_mode))
        return "it is not a regular file";
    if (auto reason = unsafe_rights(info, "the file"))
        return reason;
    // Where a link leads counts as well as where the link lies (which discovery checked).
    if (auto reason = unsafe_folder(std::filesystem::path(real).parent_path().string()))
        return reason;
    return not_a_library(file.get());
}

} // namespace ferry
