#include "unfinished/folder_paths.hpp"

#include <utility>

namespace ferry {
namespace {

constexpr int deepest = 64; // and where folders are said to be in each other

} // namespace

// Null: not told.
Result<const FolderPaths::Folder*> FolderPaths::look(const std::string& id) {
    auto place = folders_.find(id);
    if (place == folders_.end()) {
        if (calls_ == most_calls)
            return static_cast<const Folder*>(nullptr);
        ++calls_;
        auto read = api_.file(id);
        if (!read.ok() && (read.error().kind == ErrorKind::auth || read.error().kind == ErrorKind::cancelled))
            return read.error();
        if (!read.ok())
            log_.write(LogLevel::debug, read.error().message + "; the folder's path is left out");
        std::optional<Folder> folder;
        if (read.ok() && read->folder)
            folder = Folder{std::move(read->name), std::move(read->parent)};
        place = folders_.emplace(id, std::move(folder)).first;
    }
    return static_cast<const Folder*>(place->second ? &*place->second : nullptr);
}

Result<std::optional<std::string>> FolderPaths::of(const std::string& folder) {
    std::string path;
    std::string id = folder;
    for (int depth = 0; depth < deepest; ++depth) {
        const auto found = look(id);
        if (!found.ok())
            return found.error();
        if (!*found)
            break;
        if ((*found)->parent.empty())
            return std::optional<std::string>(std::move(path));
        path = (*found)->name + (path.empty() ? "" : "/") + path;
        id = (*found)->parent;
    }
    return std::optional<std::string>();
}

} // namespace ferry
