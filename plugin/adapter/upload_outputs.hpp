// What the engine tells while it uploads, as the host's outputs, progress and events.
#pragma once

#include "ferry_plugin.h"
#include "transfer/upload_job.hpp"

#include <cstdint>
#include <string>

namespace ferry {

// Called on the job's thread only. Streams each file to the host, so that many files need no memory here.
class UploadOutputs final : public UploadListener {
  public:
    // Beyond this many files the receipts have them, and the outputs, which stay in memory, do not.
    static constexpr std::uint64_t most_listed = 10'000;

    // `receipts`: the file's absolute path; empty: there is none.
    explicit UploadOutputs(const ferry_services& services, std::string receipts = {});

    void file_done(const FileResult& result) override;
    void progress(const UploadProgress& progress, bool final) override;
    void event(const std::string& type, const std::string& json) override;

    // The outputs that are known at the end: file_id (when there is one file), bytes, api_calls, and in a
    // dry run `planned`. An error if the host
    // has refused any output: steps that come after would work on less than was done.
    Status finish(const UploadSummary& summary);
    // The output `unfinished` of a step that failed: see left_uploads.hpp.
    void tell_left(const std::string& json) { set("unfinished", json); }

  private:
    void set(const std::string& key, const std::string& json);
    void append(const std::string& key, const std::string& json);

    const ferry_services& services_;
    const std::string receipts_;
    std::uint64_t files_ = 0;
    std::string first_id_;
    std::string refused_; // the first output that the host did not take
};

} // namespace ferry
