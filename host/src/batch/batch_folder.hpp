// Where what the commands of a batch print is kept.
#pragma once

#include "unique_fd.hpp"

#include <cstdint>
#include <string>

namespace ferry {

// STATE_DIR/runs/batch-IDENTITY/RUN_ID; `identity` tells workflow and working directory. No folder in it gets more
// than a thousand rows.
class BatchFolder {
  public:
    static constexpr std::size_t kept_batches = 10;

    BatchFolder(const std::string& state_dir, const std::string& identity, const std::string& run_id);

    // Makes it, and marks it as in use for as long as this lives. What is wrong with it, the first command tells.
    void begin();
    // Removes all but the last batches of the same identity, of those that have ended.
    void forget_old() const;

    // Removes, of a folder STATE_DIR/runs/batch-IDENTITY, the batches that have ended and that nobody has looked back
    // at for long. True if nothing is left of it.
    static bool forget_unused(const std::string& all, std::int64_t now);

    const std::string& path() const { return path_; }

  private:
    const std::string all_; // of that identity
    const std::string run_id_;
    const std::string path_;
    UniqueFd in_use_;
};

// Of the folder of a batch, the one for what that row's commands print: "FOLDER/17" for the rows from 17000 on.
std::string row_folder(const std::string& batch_folder, std::uint64_t row);

} // namespace ferry
