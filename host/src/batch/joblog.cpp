#include "batch/joblog.hpp"

#include "document/delimited.hpp"
#include "document/text.hpp"
#include "file_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace ferry {

namespace {

constexpr std::string_view kHeader = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

std::string about(const std::string& path, const std::string& what) {
    return "the joblog '" + printable(path) + "' " + what;
}

template <typename Number> bool read_number(std::string_view text, Number& value) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size())); // JobRuntime is padded
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

UniqueFd open_file(const std::string& path, bool read_only) {
    const int mode = read_only ? O_RDONLY : O_RDWR | O_CREAT | O_APPEND;
    return UniqueFd(::open(path.c_str(), mode | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666));
}

bool is_at(const std::string& path, int file) {
    struct stat there {};
    struct stat here {};
    return ::lstat(path.c_str(), &there) == 0 && ::fstat(file, &here) == 0 && there.st_dev == here.st_dev &&
           there.st_ino == here.st_ino;
}

ByteSource bytes_of(int file) {
    return [file, offset = off_t{0}](char* buffer, std::size_t size) mutable -> std::ptrdiff_t {
        ssize_t count = 0;
        do
            count = ::pread(file, buffer, size, offset);
        while (count < 0 && errno == EINTR);
        offset += count > 0 ? count : 0;
        return count;
    };
}

} // namespace

std::string to_line(const JoblogEntry& entry) {
    std::array<char, 96> numbers{};
    std::snprintf(numbers.data(), numbers.size(), "\t%.3f\t%10.3f\t0\t0\t%d\t%d\t", entry.start, entry.runtime,
                  entry.exit_code, entry.signal);
    return std::to_string(entry.seq) + "\t" + entry.host + numbers.data() + entry.command + "\n";
}

std::optional<JoblogEntry> parse_joblog_line(std::string_view line) {
    std::array<std::string_view, 8> fields;
    for (std::string_view& field : fields) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos)
            return std::nullopt;
        field = line.substr(0, tab);
        line.remove_prefix(tab + 1);
    }
    JoblogEntry entry;
    entry.host = fields[1];
    entry.command = line;
    const bool fine = read_number(fields[0], entry.seq) && read_number(fields[2], entry.start) &&
                      read_number(fields[3], entry.runtime) && read_number(fields[6], entry.exit_code) &&
                      read_number(fields[7], entry.signal);
    return fine ? std::optional(std::move(entry)) : std::nullopt;
}

std::string with_shard(const std::string& path, std::uint64_t index, std::uint64_t count) {
    if (count <= 1)
        return path;
    std::filesystem::path made(path);
    const std::string end = made.extension().string();
    made.replace_extension();
    return made.string() + "." + std::to_string(index) + "-of-" + std::to_string(count) + end;
}

std::variant<std::unique_ptr<Joblog>, std::string> Joblog::open(const std::string& path, Mode mode, Known& known) {
    for (int tries = 0; tries < 10; ++tries) {
        UniqueFd file = open_file(path, mode == Mode::read_only);
        if (!file && mode == Mode::read_only && errno == ENOENT)
            return std::unique_ptr<Joblog>();
        if (!file)
            return about(path, errno == ELOOP ? "is a symbolic link; name the file that it leads to"
                                              : std::string("cannot be opened: ") + std::strerror(errno));
        struct stat info {};
        if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
            return about(path, "is no regular file; name another");
        if (mode != Mode::read_only && lock_file(file.get()) == FileLock::held_elsewhere)
            return about(path, "is in use: another ferry batch writes to it; let that one end, or give another file");
        if (!is_at(path, file.get()))
            continue; // moved away by another process in between
        std::unique_ptr<Joblog> made(new Joblog(path, std::move(file)));
        Known ignored;
        if (auto problem = made->read(mode == Mode::fresh ? ignored : known))
            return *problem;
        if (mode == Mode::fresh && made->size_ > static_cast<std::int64_t>(kHeader.size()) + 1) {
            if (::rename(path.c_str(), (path + ".old").c_str()) != 0)
                return about(path, "of an earlier batch cannot be kept as " + printable(path) +
                                       ".old: " + std::strerror(errno));
            continue; // with a new file
        }
        if (mode != Mode::read_only)
            if (auto problem = made->begin())
                return *problem;
        return made;
    }
    return about(path, "is replaced by others all the time; give another file");
}

// Whole lines to `known`; their end in size_.
std::optional<std::string> Joblog::read(Known& known) {
    ByteReader in(bytes_of(file_.get()));
    std::string line;
    for (std::size_t number = in.line(); read_text_line(in, line); number = in.line()) {
        const bool cut = in.line() == number; // it has no end
        const bool header = number == 1;
        if (header && (cut ? !kHeader.starts_with(line) : line != kHeader))
            return about(path_, "holds something else than a joblog; give another file");
        if (cut)
            break;
        size_ = static_cast<std::int64_t>(in.taken());
        const auto entry = header ? std::nullopt : parse_joblog_line(line);
        if (entry && known.entry)
            known.entry(*entry);
        known.odd_lines += !header && !entry ? 1 : 0;
    }
    if (in.failed())
        return about(path_, std::string("cannot be read: ") + std::strerror(errno));
    return std::nullopt;
}

// Cuts off what is no whole line, and writes the header where there is none.
std::optional<std::string> Joblog::begin() {
    struct stat info {};
    if (::fstat(file_.get(), &info) != 0 || (info.st_size > size_ && ::ftruncate(file_.get(), size_) != 0))
        return about(path_, std::string("cannot be repaired: ") + std::strerror(errno));
    return size_ > 0 ? std::nullopt : write(std::string(kHeader) + "\n");
}

std::optional<std::string> Joblog::write(std::string_view text) {
    ssize_t count = 0;
    do
        count = ::write(file_.get(), text.data(), text.size());
    while (count < 0 && errno == EINTR);
    if (count == static_cast<ssize_t>(text.size())) {
        size_ += count;
        return std::nullopt;
    }
    const std::string reason = count < 0 ? std::strerror(errno) : "no space left";
    if (count > 0 && ::ftruncate(file_.get(), size_) != 0)
        return about(path_, "cannot be written and ends with a cut line: " + reason);
    return about(path_, "cannot be written: " + reason);
}

std::optional<std::string> Joblog::append(const JoblogEntry& entry) {
    return write(to_line(entry));
}

std::optional<std::string> Joblog::sync() {
    if (!is_at(path_, file_.get()))
        return about(path_, "was removed or replaced while the batch was running");
    if (::fdatasync(file_.get()) != 0)
        return about(path_, std::string("cannot be written: ") + std::strerror(errno));
    return std::nullopt;
}

} // namespace ferry
