// What a job passes on of its files as they end, and the sums over them.
#pragma once

#include "base/first_lines.hpp"
#include "base/log.hpp"
#include "transfer/receipts.hpp"
#include "transfer/result_list.hpp"
#include "transfer/upload_job.hpp"
#include "transfer/work_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace ferry {

// Puts results back into the order of the step's files: what is done early waits here for the ones before it, in little
// memory. Where the disk does not take what memory has no room for, a result is passed on out of order.
class InOrder {
  public:
    explicit InOrder(UploadListener& listener) : listener_(listener) {}

    void done(const FileResult& result);
    void failed(std::size_t position);
    // The rest, past the files that neither ended well nor failed.
    void flush();
    // Why a result could not be passed on at all.
    const std::optional<Error>& lost() const { return lost_; }

  private:
    static constexpr std::uint64_t unknown = ~std::uint64_t{0};
    static constexpr std::uint64_t settled = unknown - 1; // nothing is to be passed on

    void settle(std::size_t position, std::uint64_t place);
    void pass_on(std::uint64_t place);

    UploadListener& listener_;
    ResultList results_;
    std::deque<std::uint64_t> waiting_; // from position next_ on: the place in results_, or one of the above
    std::size_t next_ = 0;
    std::optional<Error> lost_;
};

// Used by the job's thread alone.
class JobOutcome {
  public:
    JobOutcome(UploadListener& listener, Log& log) : listener_(listener), log_(log), told_(log), in_order_(listener) {}

    // How many files there are. The failure of a single one is the step's own, and told as that alone.
    void expect(std::uint64_t files) { alone_ = files == 1; }
    // From now on each file that is done gets a line there.
    Status keep_receipts(std::string path);
    // Success if all of them have one; else, or with what `status` says already, that some have none.
    Status close_receipts(Status status);

    void operator()(const JobEvent& event) { listener_.event(event.type, event.json); }
    void operator()(const FileResult& result);
    void operator()(const FailedFile& file);
    void flush() { in_order_.flush(); }

    // `cause`: what stopped the whole step, if something did.
    Status status(const std::optional<Error>& cause) const;

    std::uint64_t files() const { return files_; }     // done, skipped ones included
    std::uint64_t skipped() const { return skipped_; } // of them: somebody else's of that name and size
    std::uint64_t failed() const { return failed_; }
    std::uint64_t bytes() const { return bytes_; } // of files uploaded

  private:
    void tell(const FileResult& result);

    UploadListener& listener_;
    Log& log_;
    FirstLines told_; // of files done; of more, the sums tell
    InOrder in_order_;
    std::optional<Receipts> receipts_;
    bool alone_ = false;
    std::string only_; // path of the only file, if it failed
    std::uint64_t files_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t failed_ = 0;
    Error first_;
};

} // namespace ferry
