#include "transfer/remote_folders.hpp"

#include "document/text.hpp"
#include "transfer/remote_path.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t folders_per_call = 100;

// By depth, so that a folder's parent comes before it.
std::map<std::size_t, std::set<std::string>> by_depth(const std::set<std::string>& paths) {
    std::map<std::size_t, std::set<std::string>> levels;
    for (const std::string& path : paths)
        for (std::string one = path; !one.empty(); one = parent_folder(one)) {
            const auto depth = static_cast<std::size_t>(std::count(one.begin(), one.end(), '/'));
            if (!levels[depth].insert(one).second)
                break;
        }
    return levels;
}

// No further try makes it better.
bool for_good(ErrorKind kind) {
    return kind == ErrorKind::conflict || kind == ErrorKind::rights || kind == ErrorKind::platform ||
           kind == ErrorKind::invalid;
}

} // namespace

// Those of one depth. What lies in a missing folder is missing.
RemoteFolders::Names RemoteFolders::unknown_of(const std::set<std::string>& level) {
    Names names;
    std::lock_guard lock(mutex_);
    for (const std::string& path : level) {
        if (entries_.contains(path))
            continue;
        const std::string parent = parent_folder(path);
        if (find(parent))
            names[parent].push_back(last_name(path));
        else
            entries_[path] = {};
    }
    return names;
}

Status RemoteFolders::look_up(PlatformApi& api, const std::set<std::string>& paths) {
    for (const auto& [depth, level] : by_depth(paths))
        for (const auto& [parent, names] : unknown_of(level))
            if (Status looked = look_in(api, parent, names); !looked)
                return looked;
    return {};
}

std::uint64_t RemoteFolders::calls_to_look_up(const std::set<std::string>& paths) {
    std::uint64_t calls = 0;
    std::lock_guard lock(mutex_);
    for (const auto& [depth, level] : by_depth(paths)) {
        std::unordered_map<std::string, std::size_t> names; // how many, by their parent
        for (const std::string& path : level)
            if (entries_.try_emplace(path).second)
                ++names[parent_folder(path)];
        for (const auto& [parent, count] : names)
            calls += (count + folders_per_call - 1) / folders_per_call;
    }
    return calls;
}

Status RemoteFolders::look_in(PlatformApi& api, const std::string& parent, const std::vector<std::string>& names) {
    const auto target = known(parent);
    auto found = api.find_names(target.value_or(target_), names);
    if (!found.ok())
        return found.error();
    std::unordered_map<std::string, Entry> entries;
    for (const std::string& name : names)
        entries[name] = {};
    for (RemoteFile& entry : *found)
        if (entry.folder)
            entries[entry.name].id = std::move(entry.id);
    for (const RemoteFile& entry : *found)
        if (entries[entry.name].id.empty())
            return Error{ErrorKind::conflict, "a file on the platform is called " +
                                                  printable(remote_path(parent, entry.name)) +
                                                  ", so there can be no folder of that name; choose another folder"};
    std::lock_guard lock(mutex_);
    for (auto& [name, entry] : entries)
        entries_[remote_path(parent, name)] = std::move(entry);
    return {};
}

std::optional<Target> RemoteFolders::find(const std::string& path) const {
    if (path.empty())
        return target_;
    const auto found = entries_.find(path);
    if (found == entries_.end() || found->second.id.empty())
        return std::nullopt;
    return Target{.project = {}, .parent = found->second.id};
}

std::optional<Target> RemoteFolders::known(const std::string& path) const {
    std::lock_guard lock(mutex_);
    return find(path);
}

Result<Target> RemoteFolders::made(PlatformApi& api, const std::string& path) {
    if (auto target = known(path))
        return std::move(*target);
    std::lock_guard making(making_);
    return make(api, path);
}

Result<Target> RemoteFolders::make(PlatformApi& api, const std::string& path) {
    {
        std::lock_guard lock(mutex_);
        if (auto target = find(path)) // made meanwhile
            return std::move(*target);
        if (const auto entry = entries_.find(path); entry != entries_.end() && entry->second.refused)
            return *entry->second.refused;
    }
    const auto parent = make(api, parent_folder(path)); // as deep as the path
    if (!parent.ok())
        return parent;
    auto folder = api.make_folder(*parent, last_name(path));
    std::lock_guard lock(mutex_);
    if (!folder.ok()) {
        if (for_good(folder.error().kind))
            entries_[path].refused = folder.error();
        return folder.error();
    }
    entries_[path] = {folder->id, std::nullopt};
    return Target{.project = {}, .parent = std::move(folder->id)};
}

void RemoteFolders::forget(const std::string& path) {
    std::lock_guard lock(mutex_);
    for (std::string one = path; !one.empty(); one = parent_folder(one))
        entries_.erase(one);
}

} // namespace ferry
