// One verify step: local files against what the platform has of them.
#pragma once

#include "base/cancel.hpp"
#include "base/status.hpp"
#include "platform/platform_session.hpp"
#include "transfer/upload_job.hpp"
#include "verify/file_check.hpp"
#include "verify/verify_options.hpp"

#include <cstdint>
#include <optional>

namespace ferry {

class SlotArena;

// Told by the job as it goes on; called on the thread that runs the job, one call at a time.
class VerifyListener {
  public:
    virtual ~VerifyListener() = default;
    virtual void begin(std::uint64_t files) = 0;     // how many file() calls will come if nothing ends the job before
    virtual void file(const VerifiedFile& file) = 0; // in their order
    virtual void progress(const UploadProgress& progress, bool final) = 0;
};

struct VerifyEnvironment {
    PlatformEnvironment platform;
    SlotArena& arena;
};

struct VerifyCounts {
    std::uint64_t of(VerifyStatus status) const { return by_status[static_cast<std::size_t>(status)]; }
    std::uint64_t all() const;
    std::uint64_t by_status[5] = {};
};

struct VerifySummary {
    VerifyCounts counts;
    std::uint64_t bytes = 0; // that were hashed
    std::uint64_t api_calls = 0;
    std::optional<std::uint64_t> planned_calls{}; // in a dry run: about so many it would take
    Status status; // kind `different` unless all files are the same, or something has ended the job before
};

// Blocks. What is wrong with one file does not stop the others; a refused token, an unreachable platform and a stop do.
// Tells each bad file at error level, up to a hundred of them. Never throws.
VerifySummary verify_files(const VerifyOptions& options, const VerifyEnvironment& environment, VerifyListener& listener,
                           CancelToken& cancel);

} // namespace ferry
