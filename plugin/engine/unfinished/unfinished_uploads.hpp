// The open uploads of a project or folder, put together from the platform's list and this state directory's journals.
#pragma once

#include "base/log.hpp"
#include "base/status.hpp"
#include "platform/platform_session.hpp"
#include "resume/known_uploads.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

struct UnfinishedUpload {
    OpenUpload upload;
    std::optional<Duration> age;               // by the platform's clock; absent where it does not tell the begin
    std::optional<std::size_t> parts_reported; // absent where the platform's details were not read
    std::optional<std::uint64_t> part_size;    // the same
    std::optional<std::string> folder;         // its path below the project, "" for the project itself; if told
    std::vector<KnownUpload> known;            // by each journal that has it

    const KnownUpload* best_known() const; // the journal's that has most of it; null if none has it
};

struct FoundUploads {
    std::vector<UnfinishedUpload> uploads; // oldest first
    KnownUploads known;
};

// Also proves that the token and the target are good. `details`: the parts of each upload are read, too. An upload that
// cannot be told to belong to the target is left out; a warning counts these.
Result<FoundUploads> unfinished_uploads(PlatformApi& api, const PlatformOptions& options, const Target& target,
                                        bool details, Log& log);

// "upload U1 of 'a.bin', begun 2 h 05 min ago"
std::string title_of(const UnfinishedUpload& upload);
std::string title_of(const Target& target); // "project me/p", "folder 5f0c"

// What `uploads-list` does.
struct ListOptions : PlatformOptions {
    Target target;
};
struct ListSummary {
    std::vector<UnfinishedUpload> uploads; // oldest first
    std::uint64_t api_calls = 0;
    Status status;
};
// Blocks. Tells each upload at info. Never throws.
ListSummary list_uploads(const ListOptions& options, const PlatformEnvironment& environment, CancelToken& cancel);

} // namespace ferry
