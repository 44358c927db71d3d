#include "platform/credentials_file.hpp"

#include "document/text.hpp"
#include "platform/ini_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ferry {
namespace {

class Parser {
  public:
    // What is wrong with the line, or an empty text.
    std::string take(const IniLine& line) {
        switch (line.kind) {
        case IniLine::Kind::section:
            return section(line.name);
        case IniLine::Kind::setting:
            return setting(line);
        case IniLine::Kind::unclosed:
            return "the section's name has no closing bracket";
        case IniLine::Kind::bare:
            break;
        }
        return "neither a section nor a key = value";
    }
    std::map<std::string, Profile> take_profiles() { return std::move(profiles_); }

  private:
    std::string section(const std::string& name) {
        const auto [entry, added] = profiles_.emplace(name, Profile{});
        if (!added)
            return "the profile stands here for the second time";
        profile_ = &entry->second;
        keys_.clear();
        return {};
    }

    std::string setting(const IniLine& line) {
        if (!profile_)
            return "a key before the first section, such as [default]";
        if (line.name != "api_endpoint" && line.name != "auth_token")
            return {};
        if (!keys_.insert(line.name).second)
            return "this key stands in its profile for the second time";
        if (line.name == "api_endpoint")
            profile_->endpoint = line.value;
        else
            profile_->token = Secret(std::string(line.value));
        return {};
    }

    std::map<std::string, Profile> profiles_;
    Profile* profile_ = nullptr; // in profiles_
    std::set<std::string> keys_;
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
    Parser parser;
    if (const Status read = read_ini(text, path, [&](const IniLine& line) { return parser.take(line); }); !read)
        return read.error();
    return parser.take_profiles();
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
