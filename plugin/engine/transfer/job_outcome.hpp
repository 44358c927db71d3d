// What a job passes on of its files as they end, and the sums over them.
#pragma once

#include "base/log.hpp"
#include "transfer/upload_job.hpp"
#include "transfer/work_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace ferry {

// Puts results back into the order of the step's files: what is done early waits here for the ones before it.
class InOrder {
  public:
    explicit InOrder(UploadListener& listener) : listener_(listener) {}

    void done(FileResult result);
    void failed(std::size_t position);
    // The rest, past the files that neither ended well nor failed.
    void flush();

  private:
    void settle(std::size_t position, std::optional<FileResult> result);

    UploadListener& listener_;
    std::map<std::size_t, std::optional<FileResult>> waiting_; // nullopt: failed
    std::size_t next_ = 0;
};

// Used by the job's thread alone.
class JobOutcome {
  public:
    JobOutcome(UploadListener& listener, Log& log) : listener_(listener), log_(log), in_order_(listener) {}

    void operator()(const JobEvent& event) { listener_.event(event.type, event.json); }
    void operator()(const FileResult& result);
    void operator()(const FailedFile& file);
    void flush() { in_order_.flush(); }

    // `cause`: what stopped the whole step, if something did.
    Status status(const std::optional<Error>& cause) const;

    std::uint64_t files() const { return files_; } // done, skipped ones included
    std::uint64_t failed() const { return failed_; }
    std::uint64_t bytes() const { return bytes_; } // of files uploaded

  private:
    UploadListener& listener_;
    Log& log_;
    InOrder in_order_;
    std::uint64_t files_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t failed_ = 0;
    Error first_;
};

} // namespace ferry
