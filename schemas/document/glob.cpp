#include "document/glob.hpp"

#include "document/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ferry {
namespace {

constexpr std::string_view magic = "*?[";

// Whether one of `[*]`, `[?]` and `[[]` stands there.
bool literal_at(std::string_view text, std::size_t at) {
    return at + 2 < text.size() && text[at] == '[' && magic.find(text[at + 1]) != std::string_view::npos &&
           text[at + 2] == ']';
}

// The next character: a code point of UTF-8, or a single byte moved out of the range of code points.
std::uint32_t next_character(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead >= 0x80 && (length == 1 || !is_utf8(text.substr(at, length)) || at + length > text.size())) {
        ++at;
        return 0x110000u + lead;
    }
    std::uint32_t value = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i)
        value = (value << 6u) | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
    at += length;
    return value;
}

// A class that begins at pattern[at], which is '['. Answers whether it holds the character and moves past it; nullopt
// if it has no end.
std::optional<bool> match_class(std::string_view pattern, std::size_t& at, std::uint32_t character) {
    std::size_t pos = at + 1;
    const bool negated = pos < pattern.size() && (pattern[pos] == '!' || pattern[pos] == '^');
    if (negated)
        ++pos;
    bool found = false;
    for (bool first = true; pos < pattern.size(); first = false) {
        if (pattern[pos] == ']' && !first) {
            at = pos + 1;
            return found != negated;
        }
        const std::uint32_t low = next_character(pattern, pos);
        std::uint32_t high = low;
        if (pos + 1 < pattern.size() && pattern[pos] == '-' && pattern[pos + 1] != ']') {
            ++pos;
            high = next_character(pattern, pos);
        }
        found = found || (low <= character && character <= high);
    }
    return std::nullopt;
}

// Matches one character of the name against the element at pattern[p], which is no star; moves past both.
bool match_one(std::string_view pattern, std::size_t& p, std::string_view name, std::size_t& n) {
    const std::uint32_t character = next_character(name, n);
    if (pattern[p] == '?') {
        ++p;
        return true;
    }
    if (pattern[p] == '[') {
        if (const auto held = match_class(pattern, p, character))
            return *held;
    }
    return next_character(pattern, p) == character;
}

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

std::vector<std::string> split(std::string_view pattern) {
    std::vector<std::string> components;
    std::size_t begin = 0;
    while (begin < pattern.size()) {
        const std::size_t end = std::min(pattern.find('/', begin), pattern.size());
        std::string component(pattern.substr(begin, end - begin));
        const bool repeated = component == "**" && !components.empty() && components.back() == "**";
        if (!component.empty() && component != "." && !repeated)
            components.push_back(std::move(component));
        begin = end + 1;
    }
    return components;
}

class Expansion {
  public:
    Expansion(std::string folder, std::string_view pattern, GlobFinds finds, const std::function<bool()>& stopped)
        : start_(pattern.starts_with('/') ? "/" : std::move(folder))
        , components_(split(pattern))
        , folders_only_(pattern.ends_with('/'))
        , finds_(finds)
        , stopped_(stopped) {}

    GlobResult run() {
        if (!components_.empty() && !(folders_only_ && finds_ == GlobFinds::files))
            walk(start_.ends_with('/') ? start_ : start_ + '/', 0);
        std::sort(result_.paths.begin(), result_.paths.end());
        result_.paths.erase(std::unique(result_.paths.begin(), result_.paths.end()), result_.paths.end());
        std::sort(result_.warnings.begin(), result_.warnings.end());
        result_.warnings.erase(std::unique(result_.warnings.begin(), result_.warnings.end()), result_.warnings.end());
        return std::move(result_);
    }

  private:
    struct Entry {
        std::string name;
        bool real_folder = false; // a folder and no link to one
    };

    // `folder` ends with a slash; components_[at] is to be matched in it.
    void walk(const std::string& folder, std::size_t at) {
        const std::string& component = components_[at];
        const bool last = at + 1 == components_.size();
        if (component == "**") {
            if (!last)
                walk(folder, at + 1);
            for (const Entry& entry : list(folder)) {
                if (entry.name.front() == '.')
                    continue;
                if (last)
                    take(folder + entry.name);
                if (entry.real_folder)
                    walk(folder + entry.name + '/', at);
            }
        } else if (!is_glob(component)) {
            const std::string path = folder + literal_of(component);
            last ? take_literal(path) : walk(path + '/', at + 1);
        } else {
            for (const Entry& entry : list(folder)) {
                if (!matches_name(component, entry.name))
                    continue;
                if (last)
                    take(folder + entry.name);
                else if (is_folder(folder + entry.name, entry))
                    walk(folder + entry.name + '/', at + 1);
            }
        }
    }

    std::vector<Entry> list(const std::string& folder) {
        const std::unique_ptr<DIR, CloseFolder> stream(::opendir(folder.c_str()));
        std::vector<Entry> entries;
        if (stopped_ && stopped_())
            return entries;
        if (!stream) {
            if (errno != ENOENT && errno != ENOTDIR)
                warn(folder, "cannot be listed");
            return entries;
        }
        while (const dirent* entry = ::readdir(stream.get())) {
            const std::string_view name = entry->d_name;
            if (name == "." || name == "..")
                continue;
            bool real_folder = entry->d_type == DT_DIR;
            if (entry->d_type == DT_UNKNOWN) { // some file systems do not tell
                struct stat info {};
                real_folder = ::fstatat(::dirfd(stream.get()), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                              S_ISDIR(info.st_mode);
            }
            entries.push_back({std::string(name), real_folder});
        }
        return entries;
    }

    static bool is_folder(const std::string& path, const Entry& entry) {
        struct stat info {};
        return entry.real_folder || (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode));
    }

    void take_literal(const std::string& path) {
        struct stat info {};
        if (::lstat(path.c_str(), &info) == 0)
            take(path);
    }

    void take(const std::string& path) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0)
            return warn(path,
                        errno == ENOENT || errno == ELOOP ? "is a link that leads nowhere" : "cannot be examined");
        if (finds_ == GlobFinds::everything) {
            if (!folders_only_ || S_ISDIR(info.st_mode))
                result_.paths.push_back(path);
            return;
        }
        if (S_ISDIR(info.st_mode))
            return;
        if (!S_ISREG(info.st_mode))
            return warn(path, "is not a regular file");
        if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0)
            return warn(path, "may not be read");
        result_.paths.push_back(path);
    }

    void warn(const std::string& path, const std::string& what) {
        result_.warnings.push_back(printable(path) + " " + what + ": passed over");
    }

    const std::string start_;
    const std::vector<std::string> components_;
    const bool folders_only_; // "a*/" can only mean folders
    const GlobFinds finds_;
    const std::function<bool()>& stopped_;
    GlobResult result_;
};

} // namespace

bool is_glob(std::string_view text) {
    for (std::size_t at = text.find_first_of(magic); at != std::string_view::npos; at = text.find_first_of(magic, at)) {
        if (!literal_at(text, at))
            return true;
        at += 3;
    }
    return false;
}

std::string as_literal(std::string_view text) {
    std::string pattern;
    for (const char c : text)
        pattern += magic.find(c) == std::string_view::npos ? std::string(1, c) : std::string{'[', c, ']'};
    return pattern;
}

std::string literal_of(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (literal_at(text, at)) {
            plain += text[at + 1];
            at += 2;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

bool matches_name(std::string_view pattern, std::string_view name) {
    if (name.starts_with('.') && !pattern.starts_with('.'))
        return false;
    std::size_t p = 0;
    std::size_t n = 0;
    // On a mismatch the last star takes one character more; earlier stars never need to be tried again.
    std::size_t star = std::string_view::npos;
    std::size_t star_name = 0;
    while (n < name.size() || p < pattern.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_name = n;
            continue;
        }
        if (p < pattern.size() && n < name.size() && match_one(pattern, p, name, n))
            continue;
        if (star == std::string_view::npos || star_name >= name.size())
            return false;
        next_character(name, star_name);
        n = star_name;
        p = star + 1;
    }
    return true;
}

GlobResult expand_glob(const std::string& folder, const std::string& pattern, GlobFinds finds,
                       const std::function<bool()>& stopped) {
    return Expansion(folder, pattern, finds, stopped).run();
}

} // namespace ferry
