#include "platform/credentials_file.hpp"

#include "document/text.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ferry {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\v\f";
    const std::size_t start = text.find_first_not_of(space);
    if (start == std::string_view::npos)
        return {};
    return text.substr(start, text.find_last_not_of(space) - start + 1);
}

class Parser {
  public:
    explicit Parser(const std::string& path) : path_(path) {}

    // Empty if the line is fine, else what is wrong with it.
    std::string line(std::string_view text) {
        text = trimmed(text);
        if (text.empty() || text.front() == '#' || text.front() == ';')
            return {};
        return text.front() == '[' ? section(text) : setting(text);
    }
    Error error(std::size_t number, const std::string& what) const {
        return {ErrorKind::invalid, printable(path_) + ", line " + std::to_string(number) + ": " + what};
    }
    std::map<std::string, Profile> take() { return std::move(profiles_); }

  private:
    std::string section(std::string_view text) {
        if (text.back() != ']')
            return "the section's name has no closing bracket";
        const auto [entry, added] = profiles_.emplace(trimmed(text.substr(1, text.size() - 2)), Profile{});
        if (!added)
            return "the profile stands here for the second time";
        profile_ = &entry->second;
        keys_.clear();
        return {};
    }

    std::string setting(std::string_view text) {
        const std::size_t equals = text.find_first_of("=:");
        if (equals == std::string_view::npos)
            return "neither a section nor a key = value";
        if (!profile_)
            return "a key before the first section, such as [default]";
        const std::string_view key = trimmed(text.substr(0, equals));
        const std::string_view value = trimmed(text.substr(equals + 1));
        if (key != "api_endpoint" && key != "auth_token")
            return {};
        if (!keys_.emplace(key).second)
            return "this key stands in its profile for the second time";
        if (key == "api_endpoint")
            profile_->endpoint = value;
        else
            profile_->token = Secret(std::string(value));
        return {};
    }

    const std::string& path_;
    std::map<std::string, Profile> profiles_;
    Profile* profile_ = nullptr; // in profiles_
    std::set<std::string, std::less<>> keys_;
};

// An open file descriptor, closed at the end.
class File {
  public:
    explicit File(const std::string& path)
        // Without O_NONBLOCK a FIFO would hold the call until somebody writes to it.
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    ~File() {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return descriptor_; }

  private:
    const int descriptor_;
};

Error unreadable(const std::string& path, const std::string& why, ErrorKind kind = ErrorKind::invalid) {
    return {kind, "cannot read " + printable(path) + ": " + why};
}

Error unreadable(const std::string& path, int error) {
    return unreadable(path, std::generic_category().message(error),
                      error == ENOENT || error == ENOTDIR ? ErrorKind::not_found : ErrorKind::invalid);
}

} // namespace

Result<std::map<std::string, Profile>> parse_credentials(std::string_view text, const std::string& path) {
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    Parser parser(path);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        if (const std::string wrong = parser.line(text.substr(0, end)); !wrong.empty())
            return parser.error(number, wrong);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parser.take();
}

Result<SmallFile> read_small_file(const std::string& path, std::size_t limit) {
    if (path.find('\0') != std::string::npos)
        return unreadable(path, "the path holds a NUL byte");
    const File file(path);
    if (file.get() < 0)
        return unreadable(path, errno);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0)
        return unreadable(path, errno);
    if (!S_ISREG(info.st_mode))
        return unreadable(path, "it is not a regular file");
    SmallFile result;
    result.open_to_others = (info.st_mode & 077) != 0;
    char buffer[4096];
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return unreadable(path, errno);
        if (count == 0)
            return result;
        result.text.append(buffer, static_cast<std::size_t>(count));
        if (result.text.size() > limit)
            return unreadable(path, "it is longer than " + std::to_string(limit) + " bytes");
    }
}

} // namespace ferry
