#include "cli/tidy_state.hpp"

#include "batch/batch_folder.hpp"
#include "state/private_folder.hpp"
#include "state/unused.hpp"
#include "workflow/run_folder.hpp"
#include "workflow/step_record.hpp"

#include <cstddef>

namespace ferry {
namespace {

constexpr std::size_t most_record_folders = 64; // looked through in one turn, of 256
constexpr std::size_t most_records = 1000;      // removed
constexpr std::size_t most_run_folders = 1000;  // looked at
constexpr std::size_t most_runs = 50;           // removed: each may have thousands of files

void tidy_records(const std::string& state_dir, std::int64_t now) {
    const auto all = PrivateFolder::open(state_dir + "/steps", true);
    if (!all.ok())
        return;
    std::size_t looks = 0;
    std::size_t removed = 0;
    for (const std::string& name : names_from_anywhere(*all)) {
        if (looks++ == most_record_folders || removed >= most_records)
            return;
        if (const auto folder = PrivateFolder::open(all->path_of(name), true); folder.ok())
            removed += forget_unused_records(*folder, now, most_records - removed);
    }
}

void tidy_runs(const std::string& state_dir, std::int64_t now) {
    const auto all = PrivateFolder::open(state_dir + "/runs", true);
    if (!all.ok())
        return;
    std::size_t looks = 0;
    std::size_t removed = 0;
    for (const std::string& name : names_from_anywhere(*all)) {
        if (looks++ == most_run_folders || removed == most_runs)
            return;
        const bool gone = name.starts_with("batch-") ? BatchFolder::forget_unused(all->path_of(name), now)
                                                     : RunFolder::forget_unused(all->path_of(name), now);
        removed += gone ? 1 : 0;
    }
}

} // namespace

void tidy_state(const std::string& state_dir) {
    const auto folder = PrivateFolder::open(state_dir, true);
    const auto now = folder.ok() ? tidy_turn(*folder) : std::nullopt;
    if (!now)
        return;
    tidy_records(state_dir, *now);
    tidy_runs(state_dir, *now);
}

} // namespace ferry
