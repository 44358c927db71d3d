// What one upload step is asked to do: typed, complete, checked. Defaults live in schemas/upload.schema.json alone.
#pragma once

#include "metadata/file_metadata.hpp"
#include "platform/platform_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

// One entry of `files`.
struct FileRequest {
    std::string path;                    // as given; relative to UploadOptions::work_dir
    std::optional<std::string> name;     // remote name; else the last component of the path
    bool literal = false;                // never a glob: given as an object, or by a reference
    std::optional<std::string> folder{}; // below the target, clean; else the step's
    FileMetadata metadata{};             // its own
};

enum class Conflict { fail, skip, overwrite, rename };
enum class Verify { etag, none };

struct UploadOptions : PlatformOptions {
    Target target;
    std::vector<FileRequest> files;
    std::optional<std::string> manifest; // a table of further files, and of metadata; relative to work_dir
    FileMetadata metadata;               // for every file; what is said of a single one wins
    std::string work_dir;                // absolute
    std::string folder{};                // below the target, clean; empty: the target itself
    bool preserve_folders = false;       // the local tree below base_dir comes again below `folder`
    std::string base_dir{"."};           // relative to work_dir
    Conflict conflict = Conflict::fail;
    std::optional<std::uint64_t> part_size; // bytes asked for; nullopt: "auto"
    int parallel_parts = 0;                 // part slots over all files of the step
    Verify verify = Verify::etag;
    std::optional<std::string> receipts{};        // file that gets a line for each file; relative to work_dir
    std::optional<std::uint64_t> bandwidth_limit; // bytes a second over all slots of the step; nullopt: no limit
};

} // namespace ferry
