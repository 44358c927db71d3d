#include "document/folder_listing.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <limits>
#include <memory>
#include <sys/stat.h>

namespace ferry {
namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

FolderListing::Kind kind_of(DIR* folder, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) // some file systems do not tell
        return entry.d_type == DT_DIR   ? FolderListing::Kind::folder
               : entry.d_type == DT_LNK ? FolderListing::Kind::link
                                        : FolderListing::Kind::other;
    struct stat info {};
    if (::fstatat(::dirfd(folder), entry.d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 || S_ISLNK(info.st_mode))
        return FolderListing::Kind::link;
    return S_ISDIR(info.st_mode) ? FolderListing::Kind::folder : FolderListing::Kind::other;
}

} // namespace

int FolderListing::read(const std::string& folder) {
    const std::unique_ptr<DIR, CloseFolder> stream(::opendir(folder.c_str()));
    if (!stream)
        return errno;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..")
            add(name, kind_of(stream.get(), *entry));
    }
    return 0;
}

void FolderListing::add(std::string_view name, Kind kind) {
    if (names_.size() + name.size() > std::numeric_limits<std::uint32_t>::max())
        return; // 4 GiB of names in one folder: beyond any file system's
    const auto begin = static_cast<std::uint32_t>(names_.size());
    const auto length = static_cast<std::uint16_t>(name.size());
    names_ += name;
    entries_.push_back({begin, length, kind, false});
    if (kind != Kind::other)
        entries_.push_back({begin, length, kind, true});
}

bool FolderListing::before(const Entry& a, const Entry& b) const {
    const std::string_view x(names_.data() + a.begin, a.length);
    const std::string_view y(names_.data() + b.begin, b.length);
    const std::size_t common = std::min(x.size(), y.size());
    if (const int order = x.substr(0, common).compare(y.substr(0, common)); order != 0)
        return order < 0;
    // What follows the common part: a byte, the slash of "folder/", or nothing.
    const auto next = [common](std::string_view name, const Entry& entry) {
        return name.size() > common ? static_cast<unsigned char>(name[common]) : entry.inside ? int{'/'} : -1;
    };
    return next(x, a) < next(y, b);
}

void FolderListing::sort() {
    std::sort(entries_.begin(), entries_.end(), [this](const Entry& a, const Entry& b) { return before(a, b); });
    const auto same = [this](const Entry& a, const Entry& b) {
        return a.inside == b.inside &&
               std::string_view(names_).substr(a.begin, a.length) == std::string_view(names_).substr(b.begin, b.length);
    };
    entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
}

bool FolderListing::has(std::string_view name) const {
    return std::ranges::any_of(entries_, [&](const Entry& entry) {
        return std::string_view(names_).substr(entry.begin, entry.length) == name;
    });
}

std::string_view FolderListing::name(std::size_t at) const {
    return std::string_view(names_).substr(entries_[at].begin, entries_[at].length);
}

} // namespace ferry
