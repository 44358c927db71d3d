#include "batch/row_results.hpp"

#include "document/text.hpp"
#include "report/result_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ferry {

namespace {

std::string partial_name(const std::string& file) {
    return file + ".partial";
}

std::string cannot_write(const std::string& file) {
    return "the outputs cannot be written to '" + printable(file) + "': " + std::strerror(errno);
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

// All of `from` to `to`; true if there was nothing to copy.
bool copy_file(const std::string& from, int to) {
    const UniqueFd source(::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!source)
        return errno == ENOENT;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = ::read(source.get(), buffer.data(), buffer.size());
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

} // namespace

std::variant<std::unique_ptr<RowResults>, std::string> RowResults::open(const std::string& file, bool go_on) {
    if (file.empty())
        return std::unique_ptr<RowResults>(new RowResults({}, {}));
    if (auto problem = outputs_file_problem(file))
        return *problem;
    const std::string name = partial_name(file);
    UniqueFd partial(
        ::open(name.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666));
    struct stat info {};
    if (!partial || ::fstat(partial.get(), &info) != 0)
        return cannot_write(name);
    if (!S_ISREG(info.st_mode))
        return "--outputs: '" + printable(name) + "' is no regular file; give another name";
    if (!go_on && ::ftruncate(partial.get(), 0) != 0)
        return cannot_write(name);
    if (go_on && info.st_size == 0 && !copy_file(file, partial.get()))
        return cannot_write(name);
    if (!cut_torn_line(partial.get()))
        return cannot_write(name);
    return std::unique_ptr<RowResults>(new RowResults(file, std::move(partial)));
}

std::optional<std::string> RowResults::write_partial(std::string_view line) {
    if (!partial_ || partial_broken_ || write_whole(partial_.get(), line))
        return std::nullopt;
    partial_broken_ = true;
    std::string reason = cannot_write(partial_name(file_));
    cut_torn_line(partial_.get());
    return reason;
}

std::optional<std::string> RowResults::add(const std::string& document) {
    const std::string line = document + "\n";
    auto problem = write_partial(line);
    if (reader_gone_)
        return problem;
    if (auto reason = write_stdout(line)) {
        reader_gone_ = true;
        problem = problem ? *problem + "; " + *reason : *reason;
    }
    return problem;
}

std::optional<std::string> RowResults::finish() {
    if (!partial_)
        return std::nullopt;
    if (!partial_broken_ && ::fsync(partial_.get()) == 0 && ::rename(partial_name(file_).c_str(), file_.c_str()) == 0)
        return std::nullopt;
    return "the outputs are in '" + printable(partial_name(file_)) + "' and could not be completed as '" +
           printable(file_) + "'" + (partial_broken_ ? "" : std::string(": ") + std::strerror(errno));
}

} // namespace ferry
