// How a file's upload ends: completed and compared with the platform's record, or mended where the platform lacks
// parts.
#pragma once

#include "transfer/upload_slot.hpp"
#include "transfer/upload_start.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ferry {

// Used by one slot's thread, for one piece of work.
class UploadFinish {
  public:
    UploadFinish(SlotContext& context, PlatformApi& api) : context_(context), api_(api) {}

    // All parts are stored. An error of kind `incomplete` asks for mend(), or for another upload.
    Result<RemoteFile> complete(const UploadSession& session);
    // The platform's record against what was sent.
    Result<FileResult> check(const UploadSession& session, FoundComplete done);

    struct Mend {
        std::vector<std::uint32_t> lost;     // parts to be sent again
        std::vector<std::uint32_t> reported; // parts that the platform lists now
    };
    // Tells the platform of all parts, and looks which of them it lists.
    Result<Mend> mend(const UploadSession& session);

    // The name was taken while the file was under way. Under Conflict::skip that is as good as done if the file there
    // has the same size; else nullopt.
    std::optional<FileResult> as_skipped(const UploadSession& session);

  private:
    Status check_source(const UploadSession& session);

    SlotContext& context_;
    PlatformApi& api_;
};

} // namespace ferry
