// What Ferry itself writes while files are uploaded, and which is none of the user's.
#pragma once

#include "selection/local_tree.hpp"

#include <functional>
#include <string>

namespace ferry {

// Files and folders are known by their paths, also where nothing is there yet, and through links. Not thread-safe.
class OwnFiles {
  public:
    // Absolute paths; empty: there is none. Of the state directory only what Ferry keeps there is its own: results may
    // lie in the same place.
    OwnFiles(const std::string& state_dir, std::string receipts);

    // Why the file may not be uploaded, as the rest of a sentence that begins with its path; empty: it may.
    std::string problem_with(const std::string& path);

    // Whether a pattern passes a file over, or does not enter a folder. The first of each kind is told to `note`.
    bool leave_out_file(const std::string& path, const std::function<void(std::string)>& note);
    bool leave_out_folder(const std::string& path, const std::function<void(std::string)>& note);

  private:
    bool is_receipts(const std::string& path) const;
    bool is_state(const std::string& path);
    bool leave_out_state(const std::string& path, const std::function<void(std::string)>& note);

    const std::string state_dir_;
    const std::string receipts_;
    LocalTree state_;
    bool receipts_told_ = false;
    bool state_told_ = false;
};

} // namespace ferry
