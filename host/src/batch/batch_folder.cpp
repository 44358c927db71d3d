#include "batch/batch_folder.hpp"

#include "file_lock.hpp"
#include "state/unused.hpp"
#include "tasks/command_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace ferry {

namespace {

constexpr std::uint64_t kRowsInFolder = 1000;

std::string mark_of(const std::string& folder) {
    return folder + "/in-use";
}

// A lock on the mark, for as long as the file is open. None: another process has it, or the file system knows no locks.
UniqueFd locked(const std::string& mark, int more_flags) {
    UniqueFd file(::open(mark.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | more_flags, 0600));
    return file && lock_file(file.get()) == FileLock::taken ? std::move(file) : UniqueFd();
}

// As make_run_id() makes them: what it names may be removed.
bool is_batch(const std::string& name) {
    constexpr std::string_view kForm = "20260131T235959Z-1a2b3c4d";
    return name.size() == kForm.size() && name[8] == 'T' && name[15] == 'Z' && name[16] == '-';
}

std::vector<std::string> batches_in(const std::string& all) {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(all, error), end; !error && entry != end; entry.increment(error))
        if (std::string name = entry->path().filename().string(); is_batch(name))
            names.push_back(std::move(name));
    return names;
}

void remove_ended(const std::string& folder) {
    std::error_code ignored; // what is left of it, the next batch tries again
    if (const UniqueFd ended = locked(mark_of(folder), 0); ended)
        std::filesystem::remove_all(folder, ignored);
}

} // namespace

BatchFolder::BatchFolder(const std::string& state_dir, const std::string& identity, const std::string& run_id)
    : all_(state_dir + "/runs/batch-" + identity)
    , run_id_(run_id)
    , path_(all_ + "/" + run_id) {}

void BatchFolder::begin() {
    if (!make_run_folder(path_))
        in_use_ = locked(mark_of(path_), O_CREAT);
}

void BatchFolder::forget_old() const {
    std::vector<std::string> names = batches_in(all_);
    std::erase(names, run_id_);
    std::sort(names.rbegin(), names.rend()); // the newest first
    for (std::size_t i = kept_batches - 1; i < names.size(); ++i)
        remove_ended(all_ + "/" + names[i]);
}

bool BatchFolder::forget_unused(const std::string& all, std::int64_t now) {
    if (!long_unused(all, now)) // a batch that begins changes it
        return false;
    for (const std::string& name : batches_in(all))
        remove_ended(all + "/" + name);
    return ::rmdir(all.c_str()) == 0;
}

std::string row_folder(const std::string& batch_folder, std::uint64_t row) {
    return batch_folder + "/" + std::to_string(row / kRowsInFolder);
}

} // namespace ferry
