// One file on its way: which step comes next, as a state machine without network, threads or clock.
#pragma once

#include "base/clock.hpp"
#include "base/status.hpp"
#include "hash/md5.hpp"
#include "platform/platform_api.hpp"
#include "transfer/part_plan.hpp"
#include "transfer/part_sender.hpp"
#include "transfer/planned_file.hpp"
#include "transfer/upload_job.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

// A part that an earlier process, or an earlier try, has brought into storage.
struct StoredPart {
    SentPart sent;
    bool reported = false; // the platform lists it
};

// An upload made usable: the plan follows the server's part size.
struct OpenedUpload {
    std::string upload_id;
    PartPlan plan;
    bool parallel = true;
    bool gone_on_with = false; // an earlier process opened it
    std::vector<StoredPart> stored{};
};

class UploadSession;

enum class WorkKind { init, part, complete, abort };

// A piece of work for a slot. Its session lives at least until the queue has been told what became of it.
struct Work {
    WorkKind kind = WorkKind::init;
    UploadSession* session = nullptr;
    std::uint32_t part = 0; // from 1; of `part` only
};

// Why a piece of work failed, as far as the session acts on it.
struct WorkFailure {
    Error error;
    bool vanished = false; // the upload is gone on the platform: start over
    bool drop = false;     // the stored parts are of no use any more: abort the upload
    bool closed = false;   // the upload was completed, nothing of it is open
};

// pending -> init -> sending -> completing -> done, or to failed from anywhere (after in-flight work has come back).
// A vanished upload goes back to pending, at most `max_restarts` times. Not thread-safe: all under the queue's lock,
// but for request(), file(), opened(), lost_upload(), renamed(), restarts(), parts(), unreported() and mends(), which
// nobody else changes while init or complete is out.
class UploadSession {
  public:
    static constexpr int max_restarts = 2;

    UploadSession(PlannedFile file, InitRequest request) : file_(std::move(file)), request_(std::move(request)) {}

    const PlannedFile& file() const { return file_; }
    const InitRequest& request() const { return request_; }
    const OpenedUpload& opened() const { return opened_; }
    // Before the first request of an init that is out: whose folder is only known, or made, then.
    void place(Target target) { request_.target = std::move(target); }
    // While init or complete is out: its name is taken, and it is to go on under this one.
    void rename(std::string name) {
        request_.name = name;
        file_.rename(std::move(name));
        renamed_ = true;
    }
    bool renamed() const { return renamed_; } // since an upload was opened for it
    PartJob part_job(std::uint32_t number) const;
    std::vector<PartReport> unreported() const; // in ascending order
    // Those that complete has to tell, in ascending order: the unreported ones; all of an upload that was gone on with,
    // as somebody else may have reported other bytes for a part meanwhile, and the last word counts.
    std::vector<PartReport> to_complete() const;
    std::vector<SentPart> parts() const; // those stored, in ascending order
    std::string etag() const;            // composite; empty unless every part was verified

    bool has_work() const;
    std::optional<Work> take(); // the next piece, if any; to be given back by one of the calls below
    int in_flight() const { return in_flight_; }
    bool finished() const; // done or failed, and nothing in flight
    bool failed() const { return failure_.has_value(); }
    const Error& failure() const { return failure_->error; } // only if failed()

    void init_done(OpenedUpload opened);
    void part_done(std::uint32_t number, SentPart part, bool reported);
    void complete_done(); // of init, too: the file was there already
    // The platform cannot put the file together: these parts are to be sent again, those of `reported` it has listed.
    void parts_lost(const std::vector<std::uint32_t>& lost, const std::vector<std::uint32_t>& reported);
    void abort_done(bool aborted); // one that cannot be aborted stays open
    void work_dropped();           // stopped in the middle: nothing is known to have been done
    // For all kinds but abort. The first failure stays; a vanished upload is started over where that is allowed.
    void work_failed(WorkFailure failure);

    Instant started_at{}; // for the result's seconds; the queue sets it
    // The upload that is still open on the platform; empty if there is none.
    std::string open_upload() const { return nothing_open_ ? std::string() : opened_.upload_id; }
    const std::string& lost_upload() const { return lost_upload_; } // the one that vanished; empty if none did
    std::uint64_t bytes_stored() const { return bytes_stored_; }
    std::uint32_t parts_stored() const { return parts_stored_; }
    int restarts() const { return restarts_; }
    int mends() const { return mends_; } // times that parts_lost() was told since the upload was opened

  private:
    enum class State { pending, starting, sending, completing, done };
    struct Part {
        PartReport report;
        std::optional<Md5> md5;
        bool verified = false;
        bool stored = false;
        bool reported = false;
    };
    void store(std::uint32_t number, SentPart sent, bool reported);
    void skip_stored();
    void start_over_if_drained();
    bool wants_abort() const;

    PlannedFile file_;
    InitRequest request_;
    State state_ = State::pending;
    OpenedUpload opened_;
    std::string lost_upload_;
    std::vector<Part> parts_;
    std::uint32_t next_part_ = 1;
    std::uint32_t parts_stored_ = 0;
    std::uint64_t bytes_stored_ = 0;
    int in_flight_ = 0;
    int restarts_ = 0;
    int mends_ = 0;
    bool nothing_open_ = false; // whatever opened_ says
    bool vanished_ = false;     // waits for in-flight work before it starts over
    bool abort_tried_ = false;
    bool renamed_ = false;
    std::optional<WorkFailure> failure_;
};

} // namespace ferry
