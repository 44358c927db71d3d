#include "batch/row_results.hpp"

#include "base/system_reason.hpp"
#include "document/text.hpp"
#include "report/result_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace ferry {

namespace {

std::string partial_name(const std::string& file) {
    return file + ".partial";
}

std::string cannot_write(const std::string& file) {
    return "the outputs cannot be written to '" + printable(file) + "': " + system_reason(errno);
}

bool write_whole(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        if (count < 0 && errno != EINTR)
            return false;
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
}

bool copy_bytes(int from, int to) {
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count == 0;
        if (!write_whole(to, {buffer.data(), static_cast<std::size_t>(count)}))
            return false;
    }
}

// Cuts off a last line that has no end.
bool cut_torn_line(int file) {
    struct stat info {};
    if (::fstat(file, &info) != 0)
        return false;
    std::array<char, 4096> buffer{};
    off_t end = info.st_size;
    while (end > 0) {
        const off_t begin = end > static_cast<off_t>(buffer.size()) ? end - static_cast<off_t>(buffer.size()) : 0;
        const ssize_t count = ::pread(file, buffer.data(), static_cast<std::size_t>(end - begin), begin);
        if (count != end - begin)
            return false;
        const std::size_t found = std::string_view(buffer.data(), static_cast<std::size_t>(count)).rfind('\n');
        if (found != std::string_view::npos) {
            end = begin + static_cast<off_t>(found) + 1;
            break;
        }
        end = begin;
    }
    return end == info.st_size || ::ftruncate(file, end) == 0;
}

// FILE.partial begins with what FILE holds: all of it or nothing, so that a copy that was cut off is made again.
std::optional<std::string> begin_with(const std::string& file, const std::string& partial) {
    struct stat info {};
    if (::lstat(partial.c_str(), &info) == 0)
        return std::nullopt; // that is what is gone on with
    const UniqueFd source(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!source)
        return errno == ENOENT ? std::nullopt : std::optional(cannot_write(partial));
    const std::string made = partial + ".new";
    ::unlink(made.c_str()); // of a copy that was cut off
    const UniqueFd copy(::open(made.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (copy && copy_bytes(source.get(), copy.get()) && ::fsync(copy.get()) == 0 &&
        ::rename(made.c_str(), partial.c_str()) == 0)
        return std::nullopt;
    const std::string reason = cannot_write(made);
    ::unlink(made.c_str());
    return reason;
}

// What an earlier batch has left in FILE.partial is kept, in `kept`.
std::optional<std::string> set_partial_aside(const std::string& partial, std::string& kept) {
    struct stat info {};
    if (::lstat(partial.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0)
        return std::nullopt;
    kept = partial + ".old";
    if (::rename(partial.c_str(), kept.c_str()) == 0)
        return std::nullopt;
    return "the outputs of an earlier batch in '" + printable(partial) + "' cannot be kept as '" + printable(kept) +
           "': " + system_reason(errno);
}

} // namespace

std::variant<std::unique_ptr<RowResults>, std::string> RowResults::open(const std::string& file, bool go_on,
                                                                        Console& console) {
    if (file.empty())
        return std::unique_ptr<RowResults>(new RowResults(console, {}, {}, {}));
    if (auto problem = outputs_file_problem(file))
        return *problem;
    const std::string name = partial_name(file);
    std::string kept;
    if (auto problem = go_on ? begin_with(file, name) : set_partial_aside(name, kept))
        return *problem;
    UniqueFd partial(
        ::open(name.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666));
    struct stat info {};
    if (!partial || ::fstat(partial.get(), &info) != 0)
        return cannot_write(name);
    if (!S_ISREG(info.st_mode))
        return "--outputs: '" + printable(name) + "' is no regular file; give another name";
    if (!cut_torn_line(partial.get()))
        return cannot_write(name);
    return std::unique_ptr<RowResults>(new RowResults(console, file, std::move(partial), std::move(kept)));
}

void RowResults::write_partial(std::string_view line) {
    if (!partial_ || partial_problem_ || write_whole(partial_.get(), line))
        return;
    partial_problem_ = cannot_write(partial_name(file_));
    cut_torn_line(partial_.get());
}

std::optional<std::string> RowResults::add(const std::string& document, const StopFlag& stop) {
    const std::string line = document + "\n";
    write_partial(line);
    if (!reader_problem_)
        console_.write_beside(STDOUT_FILENO, [&] { reader_problem_ = write_stdout(line, &stop); });
    if (reader_problem_ && partial_problem_)
        return *partial_problem_ + "; " + *reader_problem_;
    return partial_problem_ ? partial_problem_ : reader_problem_;
}

std::optional<std::string> RowResults::sync() {
    if (!partial_ || partial_problem_ || ::fdatasync(partial_.get()) == 0)
        return std::nullopt;
    partial_problem_ = cannot_write(partial_name(file_));
    return partial_problem_;
}

std::optional<std::string> RowResults::finish() {
    if (!partial_)
        return std::nullopt;
    if (!partial_problem_ && ::fsync(partial_.get()) == 0 && ::rename(partial_name(file_).c_str(), file_.c_str()) == 0)
        return std::nullopt;
    return "the outputs are in '" + printable(partial_name(file_)) + "' and could not be completed as '" +
           printable(file_) + "'" + (partial_problem_ ? "" : ": " + system_reason(errno));
}

} // namespace ferry
