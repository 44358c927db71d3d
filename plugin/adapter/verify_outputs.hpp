// What the engine tells while it compares, as the host's outputs and progress.
#pragma once

#include "ferry_plugin.h"
#include "output_sink.hpp"
#include "verify/verify_files.hpp"

#include <cstdint>

namespace ferry {

// Called on the job's thread only. Streams each file to the host.
class VerifyOutputs final : public VerifyListener {
  public:
    // The outputs stay in memory: of more files only those are listed that are not the same, and of these the first.
    static constexpr std::uint64_t most_listed = 10'000;

    explicit VerifyOutputs(const ferry_services& services);

    void begin(std::uint64_t files) override { all_listed_ = files <= most_listed; }
    void file(const VerifiedFile& file) override;
    void progress(const UploadProgress& progress, bool final) override;

    // The counts. An error if the host has refused any output.
    Status finish(const VerifySummary& summary);

  private:
    const ferry_services& services_;
    OutputSink sink_;
    bool all_listed_ = true;
    std::uint64_t listed_ = 0;
};

} // namespace ferry
