// What one verify step is asked to do: typed, complete, checked. Defaults live in schemas/upload-verify.schema.json
// alone.
#pragma once

#include "platform/platform_options.hpp"
#include "transfer/upload_options.hpp"
#include "verify/verify_item.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ferry {

// By what files are compared.
struct CheckBy {
    bool size = true;
    bool etag = true;
    bool md5 = true;
    bool named = false; // by the user: a file without anything to compare with is a bad one then
};

// Exactly one of `receipts`, `uploaded` and `files` is set.
struct VerifyOptions : PlatformOptions {
    std::string work_dir;                // absolute
    std::optional<std::string> receipts; // relative to work_dir
    std::optional<std::vector<VerifyItem>> uploaded;
    std::vector<FileRequest> files;
    Target target; // with `files`, as the four below
    std::string folder;
    bool preserve_folders = false;
    std::string base_dir{"."};
    CheckBy by;
    int parallel = 1; // files that are hashed at once
};

} // namespace ferry
