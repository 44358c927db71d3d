// Free names for files whose own name is taken, under `conflict: rename`.
#pragma once

#include "base/status.hpp"
#include "platform/platform_api.hpp"
#include "transfer/plan_list.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace ferry {

// choose() is thread-safe; the others come before it. Paths are kept as hashes of eight bytes: where two are alike, a
// number is left out, and nothing else.
class NewNames {
  public:
    // The names of the step's own files and folders are never chosen.
    Status leave_out(const PlanList& files);
    // Nor is one that was chosen before, by an earlier run.
    void leave_out(const std::string& path) { chosen_.insert(hash(path)); }

    // The first of name_1.ext, name_2.ext, ... that nothing has on the platform, and whose path below the target
    // `reserve` takes: one call for a hundred of them. Each answer is another one. `folder` is the path of `target`.
    // Kind invalid: this file can have none.
    Result<std::string> choose(PlatformApi& api, const Target& target, const std::string& folder,
                               const std::string& name, const std::function<bool(const std::string&)>& reserve);

  private:
    static std::uint64_t hash(std::string_view path) { return std::hash<std::string_view>()(path); }
    std::vector<std::string> candidates(const std::string& folder, const std::string& name, unsigned first) const;

    std::vector<std::uint64_t> own_; // sorted
    mutable std::mutex mutex_;       // of chosen_
    std::unordered_set<std::uint64_t> chosen_;
};

} // namespace ferry
