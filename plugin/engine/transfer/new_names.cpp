#include "transfer/new_names.hpp"

#include "document/text.hpp"
#include "transfer/numbered_name.hpp"
#include "transfer/remote_path.hpp"

#include <algorithm>

namespace ferry {
namespace {

constexpr unsigned names_per_look = 100;
constexpr unsigned highest_number = 1'000;

} // namespace

Status NewNames::leave_out(const PlanList& files) {
    std::string last_folder;
    for (PlanList::Reader reader(files); reader.more();) {
        const Result<PlannedFile> file = reader.next();
        if (!file.ok())
            return file.error();
        own_.push_back(hash(file->remote()));
        if (file->folder == last_folder)
            continue;
        last_folder = file->folder;
        for (std::string path = last_folder; !path.empty(); path = parent_folder(path))
            own_.push_back(hash(path));
    }
    std::sort(own_.begin(), own_.end());
    own_.erase(std::unique(own_.begin(), own_.end()), own_.end());
    return {};
}

std::vector<std::string> NewNames::candidates(const std::string& folder, const std::string& name,
                                              unsigned first) const {
    std::vector<std::string> names;
    std::lock_guard lock(mutex_);
    for (unsigned number = first; number < first + names_per_look; ++number) {
        std::string candidate = numbered_name(name, number);
        const std::uint64_t path = hash(remote_path(folder, candidate));
        if (name_problem(candidate).empty() && !chosen_.contains(path) &&
            !std::binary_search(own_.begin(), own_.end(), path))
            names.push_back(std::move(candidate));
    }
    return names;
}

Result<std::string> NewNames::choose(PlatformApi& api, const Target& target, const std::string& folder,
                                     const std::string& name, const std::function<bool(const std::string&)>& reserve) {
    if (const std::string problem = name_problem(numbered_name(name, 1)); !problem.empty())
        return Error{ErrorKind::invalid, "the name is taken on the platform, and with a number behind it " + problem +
                                             "; give it another with `name`"};
    for (unsigned first = 1; first <= highest_number; first += names_per_look) {
        const std::vector<std::string> names = candidates(folder, name, first);
        if (names.empty())
            continue;
        const auto found = api.find_names(target, names);
        if (!found.ok())
            return found.error();
        std::unordered_set<std::string_view> taken;
        for (const RemoteFile& entry : *found)
            taken.insert(entry.name);
        std::lock_guard lock(mutex_);
        for (const std::string& candidate : names) {
            const std::string path = remote_path(folder, candidate);
            if (!taken.contains(candidate) && !chosen_.contains(hash(path)) && reserve(path)) {
                chosen_.insert(hash(path));
                return candidate;
            }
        }
    }
    return Error{ErrorKind::invalid, "the name is taken on the platform, and so are those with the numbers 1 to " +
                                         std::to_string(highest_number) + "; give it another with `name`"};
}

} // namespace ferry
