// What one upload step is asked to do: typed, complete, checked. Defaults live in schemas/upload.schema.json alone.
#pragma once

#include "platform/platform_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

// One entry of `files`.
struct FileRequest {
    std::string path;                // as given; relative to UploadOptions::work_dir
    std::optional<std::string> name; // remote name; else the last component of the path
    bool literal = false;            // never a glob: given as an object, or by a reference
};

enum class Conflict { fail, skip, overwrite };
enum class Verify { etag, none };

struct UploadOptions : PlatformOptions {
    Target target;
    std::vector<FileRequest> files;
    std::string work_dir; // absolute
    Conflict conflict = Conflict::fail;
    std::optional<std::uint64_t> part_size; // bytes asked for; nullopt: "auto"
    int parallel_parts = 0;                 // part slots over all files of the step
    Verify verify = Verify::etag;
    std::optional<std::uint64_t> bandwidth_limit; // bytes a second over all slots of the step; nullopt: no limit
};

} // namespace ferry
