#include "transfer/file_source.hpp"

#include "base/descriptor.hpp"
#include "document/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ferry {
namespace {

constexpr std::int64_t nanoseconds = 1'000'000'000;

std::string reason_of(int error) {
    char text[256] = {};
    // The GNU form: thread-safe, and may answer a text of its own.
    return strerror_r(error, text, sizeof text);
}

Error failed(ErrorKind kind, const std::string& path, const std::string& why) {
    return {kind, printable(path) + ": " + why};
}

int open_for_reading(const std::string& path) {
    // O_NONBLOCK: a FIFO without a writer would hold open() for ever. It changes nothing for a regular file.
    return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

Result<FileIdentity> identity_of(int descriptor, const std::string& path) {
    struct stat info {};
    if (::fstat(descriptor, &info) != 0)
        return failed(ErrorKind::io, path, "cannot be examined: " + reason_of(errno));
    if (S_ISDIR(info.st_mode))
        return failed(ErrorKind::invalid, path,
                      "is a folder; name its files, for example with " + printable(path) + "/**");
    if (!S_ISREG(info.st_mode))
        return failed(ErrorKind::invalid, path, "is not a regular file, and only those can be uploaded");
    return FileIdentity{static_cast<std::uint64_t>(info.st_size),
                        static_cast<std::int64_t>(info.st_mtim.tv_sec) * nanoseconds + info.st_mtim.tv_nsec,
                        static_cast<std::int64_t>(info.st_ctim.tv_sec) * nanoseconds + info.st_ctim.tv_nsec,
                        static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)};
}

Status compare(const std::string& path, const FileIdentity& before, const FileIdentity& now) {
    if (before.size != now.size)
        return file_changed(path,
                            "it had " + std::to_string(before.size) + " bytes and has " + std::to_string(now.size));
    if (before.device != now.device || before.inode != now.inode)
        return file_changed(path, "another file is in its place");
    if (before.mtime_ns != now.mtime_ns)
        return file_changed(path, "it was modified");
    return {};
}

} // namespace

Error file_changed(const std::string& path, const std::string& what) {
    return failed(ErrorKind::changed, path,
                  "the file changed while uploading (" + what +
                      "); upload it again once nothing writes to it any more");
}

Result<FileIdentity> identify_file(const std::string& path) {
    const Descriptor file(open_for_reading(path));
    if (file.get() < 0) {
        const int error = errno;
        if (error == ENOENT || error == ENOTDIR)
            return failed(ErrorKind::not_found, path, "there is no such file");
        return failed(ErrorKind::io, path, "cannot be opened: " + reason_of(error));
    }
    return identity_of(file.get(), path);
}

Status check_unchanged(const std::string& path, const FileIdentity& identity) {
    return identify_unchanged(path, identity).status();
}

Result<FileIdentity> identify_unchanged(const std::string& path, const FileIdentity& identity) {
    const Result<FileIdentity> now = identify_file(path);
    if (now.ok()) {
        const Status same = compare(path, identity, *now);
        return same ? now : Result<FileIdentity>(same.error());
    }
    return now.error().kind == ErrorKind::io ? now.error() : file_changed(path, "it is no longer there");
}

Result<PartReader> PartReader::open(const std::string& path, const FileIdentity& identity, PartRange range) {
    Descriptor file(open_for_reading(path));
    if (file.get() < 0) {
        const int error = errno;
        if (error == ENOENT || error == ENOTDIR)
            return file_changed(path, "it is no longer there");
        return failed(ErrorKind::io, path, "cannot be opened: " + reason_of(error));
    }
    const Result<FileIdentity> now = identity_of(file.get(), path);
    if (!now.ok())
        return now.error();
    if (const Status same = compare(path, identity, *now); !same)
        return same.error();
    // Only advice: its failure costs speed, nothing else.
    (void)::posix_fadvise(file.get(), static_cast<off_t>(range.offset), static_cast<off_t>(range.size),
                          POSIX_FADV_SEQUENTIAL);
    return PartReader(file.release(), path, range);
}

PartReader::PartReader(int descriptor, std::string path, PartRange range)
    : descriptor_(descriptor)
    , path_(std::move(path))
    , range_(range) {}

PartReader::PartReader(PartReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
    , path_(std::move(other.path_))
    , range_(other.range_)
    , buffer_(other.buffer_)
    , position_(other.position_)
    , failure_(std::move(other.failure_)) {}

PartReader::~PartReader() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

Result<std::span<const std::byte>> PartReader::read() {
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), range_.size - position_));
    if (wanted == 0)
        return std::span<const std::byte>();
    ssize_t got = 0;
    do {
        got = ::pread(descriptor_, buffer_.data(), wanted, static_cast<off_t>(range_.offset + position_));
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        failure_ = failed(ErrorKind::io, path_, "cannot be read: " + reason_of(errno));
    else if (got == 0)
        failure_ = file_changed(path_, "it became shorter");
    if (!failure_)
        return failure_.error();
    position_ += static_cast<std::uint64_t>(got);
    return std::span<const std::byte>(buffer_.first(static_cast<std::size_t>(got)));
}

Status PartReader::rewind() {
    position_ = 0;
    failure_ = {};
    return {};
}

} // namespace ferry
