#include "metadata/md5_sidecar.hpp"

#include "base/descriptor.hpp"
#include "base/system_reason.hpp"
#include "document/text.hpp"
#include "state/private_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t md5_file_limit = 4u << 20; // bytes: some ten thousand lines
constexpr std::size_t md5_digits = 32;
constexpr std::string_view tag_head = "MD5 (";
constexpr std::string_view tag_middle = ") = ";

// Lower-case; empty if these are no 32 hex digits.
std::string md5_digest(std::string_view text) {
    std::string digest;
    if (text.size() != md5_digits)
        return digest;
    for (const char c : text) {
        const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
        if (!((lower >= '0' && lower <= '9') || (lower >= 'a' && lower <= 'f')))
            return {};
        digest += lower;
    }
    return digest;
}

// A name that md5sum has escaped; nullopt if it cannot have.
std::optional<std::string> unescaped(std::string_view name) {
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '\\') {
            plain += name[i];
            continue;
        }
        if (++i == name.size())
            return std::nullopt;
        const char c = name[i];
        if (c != 'n' && c != 'r' && c != '\\')
            return std::nullopt;
        plain += c == 'n' ? '\n' : c == 'r' ? '\r' : '\\';
    }
    return plain;
}

struct Md5Line {
    std::string digest;
    std::string path; // empty: the digest stands alone, or is that of standard input
};

// nullopt: it is none.
std::optional<Md5Line> md5_line(std::string_view line) {
    const bool escaped = line.starts_with('\\');
    line.remove_prefix(escaped ? 1 : 0);
    std::string_view path;
    std::string digest;
    if (line.starts_with(tag_head)) {
        const std::size_t middle = line.rfind(tag_middle); // a name may hold one, a digest not
        if (middle == std::string_view::npos || middle < tag_head.size())
            return std::nullopt;
        digest = md5_digest(line.substr(middle + tag_middle.size()));
        path = line.substr(tag_head.size(), middle - tag_head.size());
    } else {
        digest = md5_digest(line.substr(0, md5_digits));
        path = line.substr(std::min(line.size(), md5_digits));
        if (!path.empty() && !path.starts_with("  ") && !path.starts_with(" *"))
            return std::nullopt;
        path.remove_prefix(std::min<std::size_t>(path.size(), 2));
        if (path == "-")
            path = {};
    }
    if (digest.empty())
        return std::nullopt;
    auto plain = escaped ? unescaped(path) : std::string(path);
    return plain ? std::optional(Md5Line{std::move(digest), std::move(*plain)}) : std::nullopt;
}

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

std::string_view without_blanks_at_end(std::string_view text) {
    return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

class Md5Finder {
  public:
    explicit Md5Finder(std::string_view name) : name_(name) {}

    void line(std::string_view text) {
        if (text.empty() || text == "\r" || text.starts_with('#')) // which md5sum passes over, too
            return;
        ++lines_;
        auto read = md5_line(text);
        // The end of a line that another system has written; a name may really end so.
        if (text.ends_with('\r') && (!read || base_name(read->path) != name_))
            read = md5_line(text.substr(0, text.size() - 1));
        if (!read)
            read = md5_line(without_blanks_at_end(text)); // of a digest that stands alone
        if (!read)
            return;
        if (read->path.empty())
            alone_ = std::move(read->digest);
        else if (base_name(read->path) == name_)
            take(std::move(read->digest));
    }

    FoundMd5 result() const {
        if (found_.lines == Md5Lines::none && lines_ == 1 && !alone_.empty())
            return {Md5Lines::found, alone_};
        return found_;
    }

  private:
    void take(std::string digest) {
        if (found_.lines == Md5Lines::none)
            found_ = {Md5Lines::found, std::move(digest)};
        else if (found_.digest != digest)
            found_ = {Md5Lines::contradictory, {}};
    }

    std::string_view name_;
    std::size_t lines_ = 0;
    std::string alone_;
    FoundMd5 found_;
};

std::int64_t md5_file_time(const struct stat& info) {
    return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
}

} // namespace

FoundMd5 find_md5(std::string_view text, std::string_view name) {
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    Md5Finder finder(name);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        finder.line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return finder.result();
}

Md5Sidecar read_md5_sidecar(const std::string& path, std::int64_t mtime_ns) {
    const std::string beside = path + ".md5";
    const auto unusable = [&beside](const std::string& why) {
        return Md5Sidecar{.digest = {}, .problem = printable(beside) + ": " + why};
    };
    const Descriptor file(::open(beside.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file)
        return errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG
                   ? Md5Sidecar{}
                   : unusable("cannot be opened: " + system_reason(errno) + "; make it readable");
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return unusable("is no regular file");
    const Result<std::string> text = read_all(file.get(), md5_file_limit + 1);
    if (!text.ok() || text->size() > md5_file_limit)
        return unusable(text.ok() ? "is larger than 4 MiB, so it is no list of MD5s for this file"
                                  : "cannot be read: " + text.error().message);
    FoundMd5 found = find_md5(*text, base_name(path));
    const std::string name = printable(base_name(path), 255);
    if (found.lines == Md5Lines::none)
        return unusable("has no line for " + name + "; write it anew with md5sum " + name);
    if (found.lines == Md5Lines::contradictory)
        return unusable("has several lines for " + name + ", which do not agree; write it anew with md5sum " + name);
    return {.digest = std::move(found.digest), .problem = {}, .older = md5_file_time(info) < mtime_ns};
}

std::string md5_to_send(const std::string& path, std::int64_t mtime_ns, const std::function<void(std::string)>& warn) {
    Md5Sidecar sidecar = read_md5_sidecar(path, mtime_ns);
    if (sidecar.problem.empty() && !sidecar.older)
        return std::move(sidecar.digest);
    warn((sidecar.older ? printable(path + ".md5") + ": is older than the file, so its MD5 may be that of other bytes; "
                                                     "write it anew with md5sum, or touch it if the file has not "
                                                     "changed since"
                        : sidecar.problem) +
         "; the file goes without it");
    return {};
}

} // namespace ferry
