// Which part size to ask for.
#pragma once

#include "transfer/storage_pace.hpp"

#include <cstdint>
#include <optional>

namespace ferry {

// What a job's files have in common. Sizes in bytes.
struct JobShape {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    int places = 1;                                 // parts sent at once
    std::optional<std::uint64_t> bandwidth_limit{}; // bytes a second over all places
};

// Thread-safe. A part costs one API call, and 1,000 of them are allowed in 300 s (contract 2), so large jobs need large
// parts; but a part is what a crash costs, and what keeps a place busy.
class PartSizer {
  public:
    // `wanted`: the size that the user names; nullopt: "auto".
    PartSizer(std::optional<std::uint64_t> wanted, JobShape job, const StoragePace& pace)
        : wanted_(wanted)
        , job_(job)
        , pace_(pace) {}

    // `wanted` as it is; else the largest of 16 MiB, job bytes / 600 and file size / 9,000, but at most 512 MiB, at
    // most what one place sends in a minute, and small enough to spread the file over all places. In both cases raised
    // to what 10,000 parts need. The pace may change it from file to file.
    std::uint64_t size_for(std::uint64_t file_size) const;

  private:
    std::uint64_t a_minute() const;
    std::uint64_t parts_to_spread() const;

    const std::optional<std::uint64_t> wanted_;
    const JobShape job_;
    const StoragePace& pace_;
};

} // namespace ferry
