// How far a job is, with what it shares with others, as its listener is told.
#pragma once

#include "transfer/upload_job.hpp"

#include <cstdint>
#include <string>

namespace ferry {

struct ApiContext;
class JobOutcome;
class LineGate;
struct QuotaLevel;
struct StorageAccess;

// Used by one thread at a time; outlived by its sources.
class JobProgress {
  public:
    struct Sources {
        const ApiContext& api;
        const LineGate& storage_line;
        const StorageAccess& storage;
        const JobOutcome& outcome;
    };
    JobProgress(Sources sources, UploadListener& listener) : sources_(sources), listener_(listener) {}

    // Files that were done, or had failed, before sending began.
    void begin(std::uint64_t done, std::uint64_t failed);
    // `sent`: what became of the others. The last time with `final`.
    void tell(UploadProgress sent, bool final);

  private:
    std::string waiting_for(const QuotaLevel& quota) const;

    const Sources sources_;
    UploadListener& listener_;
    std::uint64_t done_before_ = 0;
    std::uint64_t failed_before_ = 0;
    std::uint64_t bytes_told_ = 0;
};

} // namespace ferry
