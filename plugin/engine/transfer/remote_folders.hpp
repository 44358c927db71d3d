// The folders of a step on the platform: found once each, and made once each where they are missing.
#pragma once

#include "base/status.hpp"
#include "platform/platform_api.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace ferry {

// Thread-safe. Paths are clean, see clean_folder(); the empty one is the target itself.
class RemoteFolders {
  public:
    explicit RemoteFolders(Target target) : target_(std::move(target)) {}

    // Looks up those that are not known yet, level by level, up to 100 of one parent in a call. An error of kind
    // `conflict` if a file has the name of one.
    Status look_up(PlatformApi& api, const std::set<std::string>& paths);
    // How many calls that would take if they are all there; asked again for the same ones: none. For a plan that may
    // not ask, and in the place of look_up().
    std::uint64_t calls_to_look_up(const std::set<std::string>& paths);
    // The folder as a target; nullopt if it is missing, or was not looked up.
    std::optional<Target> known(const std::string& path) const;
    // The same, and it is there afterwards. Whoever else makes it at that moment, it is one folder. What the platform
    // has refused once is not asked for again.
    Result<Target> made(PlatformApi& api, const std::string& path);
    // It was there and is not any more: made() looks again, for those on its path, too.
    void forget(const std::string& path);

  private:
    struct Entry {
        std::string id;               // empty: it is missing
        std::optional<Error> refused; // why it cannot be made
    };
    using Names = std::unordered_map<std::string, std::vector<std::string>>; // by their parent

    Names unknown_of(const std::set<std::string>& level);
    Status look_in(PlatformApi& api, const std::string& parent, const std::vector<std::string>& names);
    std::optional<Target> find(const std::string& path) const;
    Result<Target> make(PlatformApi& api, const std::string& path);

    const Target target_;
    mutable std::mutex mutex_; // of entries_
    std::mutex making_;        // held through the calls, so that each folder is made once; taken before mutex_
    std::unordered_map<std::string, Entry> entries_;
};

} // namespace ferry
