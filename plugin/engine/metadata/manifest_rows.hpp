// The rows of a manifest, to be found by the files that they name, as many as there are, in little memory.
#pragma once

#include "base/record_spool.hpp"
#include "base/status.hpp"
#include "metadata/manifest_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

// Two paths are of one file if their folders are the same, whatever links and ".." lead there, and the last component
// is: links at the end keep their own names. Not thread-safe.
class PathKeys {
  public:
    std::string of(const std::string& path); // absolute

  private:
    std::string folder_; // the last one asked for, as files come by the folder
    std::string real_;
};

// Not thread-safe. Sixteen bytes a row stay in memory. Errors are of kind `io`.
class ManifestRows {
  public:
    Status add(ManifestRow row);
    // To be called when all are added: rows that name a file that an earlier one names, with that one's line.
    struct Doubled {
        ManifestRow row;
        std::size_t first_line = 0;
    };
    Result<std::vector<Doubled>> sort();

    // The row that names this file, which is taken then.
    Result<std::optional<ManifestRow>> take(const std::string& path);
    // Those not taken, in their order: each call gives the next one.
    Result<std::optional<ManifestRow>> next_left();

  private:
    struct Entry {
        std::uint64_t hash = 0; // of the path's key
        std::uint64_t place : 63 = 0;
        std::uint64_t taken : 1 = 0;
    };
    struct Found {
        std::string key;
        ManifestRow row;
    };
    static std::uint64_t hash_of(std::string_view key);
    Result<Found> at(std::uint64_t place) const;

    RecordSpool spool_;
    std::vector<Entry> entries_;
    PathKeys keys_;
    std::size_t next_ = 0;
    bool by_place_ = false; // next_left() has begun
};

} // namespace ferry
