// What the platform has of the files to compare, in as few calls as can be.
#pragma once

#include "base/status.hpp"
#include "platform/platform_api.hpp"
#include "transfer/remote_folders.hpp"
#include "verify/verify_item.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ferry {

enum class RecordState {
    found,
    missing,  // the platform has no such file
    not_told, // it does not show it
};

struct RemoteRecord {
    RecordState state = RecordState::missing;
    RemoteFile file{}; // if found
    std::string why{}; // else: a clause
};

// Used by the job's thread alone.
class RemoteRecords {
  public:
    RemoteRecords(PlatformApi& api, const Target& target) : api_(api), target_(target), folders_(target) {}

    // A record for each item, in their order: one call for each 100 ids, and for each 100 names in one folder; for what
    // is missing one more in all, that lists the open uploads. The error is one that no other item would be spared.
    Result<std::vector<RemoteRecord>> of(const std::vector<VerifyItem>& items);

  private:
    using Records = std::vector<RemoteRecord>;

    Status find_ids(const std::vector<VerifyItem>& items, Records& records);
    Status find_names(const std::vector<VerifyItem>& items, Records& records);
    Status find_in(const Target& folder, const std::vector<VerifyItem>& items, const std::vector<std::size_t>& chosen,
                   Records& records);
    Status explain_missing(const std::vector<VerifyItem>& items, Records& records);

    PlatformApi& api_;
    const Target target_; // of files that are found by their names
    RemoteFolders folders_;
    std::optional<std::vector<OpenUpload>> open_; // once they are known
};

} // namespace ferry
