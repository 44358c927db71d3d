// A local file that has passed the checks.
#pragma once

#include "metadata/file_metadata.hpp"
#include "transfer/file_source.hpp"
#include "transfer/remote_path.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace ferry {

struct PlannedFile {
    std::string path; // absolute
    std::string name; // on the platform
    FileIdentity identity;
    std::size_t position = 0; // among the files of the step, from 0
    std::string replaces{};   // id of the file on the platform that it is to replace
    std::string folder{};     // below the target, such as "runs/7"; empty: the target itself
    std::string wanted{};     // the name that was asked for, where `name` is another because that one is taken
    FileMetadata metadata{};  // from all that speaks of it

    // Its path below the target as it was asked for: what messages call it, and what the journal knows it by.
    std::string remote() const { return remote_path(folder, asked()); }
    const std::string& asked() const { return wanted.empty() ? name : wanted; }
    // Its path below the target as it will be.
    std::string placed() const { return remote_path(folder, name); }
    // The name that was chosen for it in the place of the one that was asked for; empty: that one is good.
    std::string chosen() const { return wanted.empty() ? std::string() : name; }
    void rename(std::string other) {
        if (wanted.empty())
            wanted = std::move(name);
        name = std::move(other);
    }
};

} // namespace ferry
