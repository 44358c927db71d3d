// The paths of folders on the platform, by their ids.
#pragma once

#include "base/log.hpp"
#include "base/status.hpp"
#include "platform/platform_api.hpp"

#include <map>
#include <optional>
#include <string>

namespace ferry {

// One call for each folder that is met for the first time, and no more than most_calls.
class FolderPaths {
  public:
    static constexpr int most_calls = 100;

    FolderPaths(PlatformApi& api, Log& log) : api_(api), log_(log) {}

    // "results/run 1", without the project's own folder, which is ""; nullopt where the platform does not tell it. An
    // error only where no other call makes sense either: a refused token, or a stop.
    Result<std::optional<std::string>> of(const std::string& folder);

  private:
    struct Folder {
        std::string name;
        std::string parent; // empty: it is a project's own
    };
    Result<const Folder*> look(const std::string& id);

    PlatformApi& api_;
    Log& log_;
    int calls_ = 0;
    std::map<std::string, std::optional<Folder>> folders_; // nullopt: not told
};

} // namespace ferry
