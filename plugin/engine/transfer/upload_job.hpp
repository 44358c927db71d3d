// One upload step: all its files, over all its slots.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/status.hpp"
#include "http/http_transport.hpp"
#include "metadata/file_metadata.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/upload_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

class QuotaGate;
class SlotArena;
class PartHasher;
class StorageGate;
class StoragePace;

// What became of one file; the outputs document's entry.
struct FileResult {
    std::size_t position = 0; // among the files of the step, from 0
    std::string path;         // absolute
    std::string name;
    std::string id;
    std::uint64_t size = 0;
    std::string project;
    std::string parent;
    bool skipped = false; // else uploaded
    bool before = false;  // by an earlier run
    std::uint32_t parts = 0;
    std::uint64_t part_size = 0;
    std::string etag; // composite MD5-of-MD5s-N; empty where not verified
    std::string upload_id;
    Duration seconds{0};
    std::string asked_name; // as the plan and the journal have it; the platform may have given it another
    FileMetadata metadata;  // still to be set on it
};

// A file on its way.
struct FileProgress {
    std::string name; // its path below the target
    std::uint64_t bytes_done = 0;
    std::uint64_t bytes_total = 0;
};

// For a progress display; bytes are those that storage acknowledged.
struct UploadProgress {
    std::uint64_t bytes_done = 0;
    std::uint64_t bytes_total = 0;
    std::uint64_t bytes_sent = 0; // by this job; parts that got lost again, too
    std::uint64_t files_done = 0;
    std::uint64_t files_total = 0;
    std::uint64_t files_skipped = 0; // of those done, as `conflict` says; not what was uploaded before
    std::uint32_t parts_in_flight = 0;
    std::uint64_t retries = 0; // of calls and parts
    std::uint64_t api_calls = 0;
    std::uint64_t calls_left = 0;        // of the token's quota
    std::uint64_t calls_limit = 0;       // 0: not known
    std::string waiting_for{};           // by the whole job, as a few words; empty: for nothing
    std::vector<FileProgress> in_work{}; // the first few
};

// Told by the job as it goes on; one call at a time, on the thread that runs the job or, while that waits for the
// platform before and after the sending, on another.
class UploadListener {
  public:
    virtual ~UploadListener() = default;
    // In the order of the step's files, whichever end first: a reader counts on files[0] being the first one.
    virtual void file_done(const FileResult& result) = 0;
    virtual void progress(const UploadProgress& progress, bool final) = 0;
    // An event for programs: type and the fields as a JSON object's text.
    virtual void event(const std::string& type, const std::string& json) = 0;
};

// What a job needs from outside. Everything outlives the job.
struct UploadEnvironment {
    TransportFactory& transports;
    SlotArena& arena;
    QuotaGate& quota; // of this endpoint and token
    StoragePace& pace;
    Clock& clock;
    Random& random;
    Log& log;
    StorageGate* storage = nullptr; // shared with other jobs; null: the job has its own
    PartHasher* hasher = nullptr;   // likewise
};

// What a step is going to do.
struct PlannedWork {
    std::uint64_t files = 0; // to upload
    std::uint64_t bytes = 0; // to send; what is stored of an unfinished upload is not sent again
    std::uint64_t parts = 0; // to send
    std::uint64_t api_calls = 0;
};

struct UploadSummary {
    std::uint64_t files = 0;    // done, skipped ones included
    std::uint64_t of_files = 0; // of the step; 0 if it came to an end before they were known
    std::uint64_t bytes = 0;    // of files uploaded
    std::uint64_t api_calls = 0;
    std::optional<PlannedWork> planned{}; // in a dry run
    Status status;                        // the first cause of failure, with a count of further failed files
    LeftUploads left{};                   // of a failure: what the step has open on the platform, for the next run
};

// Blocks until all files are done, failed or the job is cancelled; no thread of it is left running then. One file's
// failure does not stop the others, a refused token stops all. Never throws.
UploadSummary run_upload(const UploadOptions& options, const UploadEnvironment& environment, UploadListener& listener,
                         CancelToken& cancel);

} // namespace ferry
