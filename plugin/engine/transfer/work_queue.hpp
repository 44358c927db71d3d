// What a free slot does next, over all files of a step, and what the job's thread is told about it.
#pragma once

#include "base/clock.hpp"
#include "base/job_event.hpp"
#include "base/status.hpp"
#include "transfer/plan_list.hpp"
#include "transfer/upload_job.hpp"
#include "transfer/upload_session.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

struct FailedFile {
    std::size_t position = 0; // among the files of the step, from 0
    std::string path;
    std::string name;      // its path below the target, as it would have been
    std::string upload_id; // still open on the platform; may be empty
    std::uint32_t parts_stored = 0;
    Error error;
};

using Notice = std::variant<JobEvent, FileResult, FailedFile>;

// An upload that is open on the platform when the job stops.
struct OpenEnd {
    std::string name;
    std::string upload_id;
    std::uint32_t parts = 0;
    std::uint32_t parts_stored = 0;
    std::vector<PartReport> unreported; // of those stored
};

// Files that were begun and neither done nor failed when the job stopped.
struct Unfinished {
    std::uint64_t files_begun = 0;
    std::uint64_t files_untouched = 0;
    std::uint64_t parts_stored = 0; // of those begun
    std::vector<OpenEnd> open{};
};

// Thread-safe. Order: complete or give up a file whose parts are done; then parts of open files, fewest in flight
// first, so that files share the slots; a further file is begun when no open one has parts to give, or when each of
// them has half the slots. One large file is on its way as long as there are any, the largest first, so that none is
// left alone at the end; small ones get by beside it in their order. At most slots + 2 files are open.
class WorkQueue {
  public:
    struct Settings {
        Target target;
        bool overwrite = false;
        bool rename = false; // names that are taken are left to whoever has them
        std::function<std::uint64_t(std::uint64_t file_size)> part_size; // to ask for, in bytes; called under the lock
        int slots = 1;
    };
    // The files outlive it.
    WorkQueue(Settings settings, const PlanList& files, Clock& clock);

    // For slots. Blocks until there is work; nullopt: there will be none any more. Each piece is answered by one of
    // the calls below it.
    std::optional<Work> next();
    void init_done(const Work& work, OpenedUpload opened);
    void part_done(const Work& work, SentPart part, bool reported);
    void complete_done(const Work& work, FileResult result); // its seconds are filled in
    void abort_done(const Work& work, bool aborted);
    void parts_lost(const Work& work, const std::vector<std::uint32_t>& lost,
                    const std::vector<std::uint32_t>& reported); // see UploadSession
    // A failure of kind `cancelled` ends the work without failing its file, and stops the queue.
    void work_failed(const Work& work, WorkFailure failure);
    void tell(JobEvent event);
    // Hands out nothing more; work in flight is still to come back. The first reason stays.
    void stop(std::optional<Error> reason);

    // For the job's thread: waits until there are notices or nothing is left to do, at most for `time`.
    std::vector<Notice> wait(std::chrono::milliseconds time);
    bool over() const; // nothing in flight, and nothing to come
    UploadProgress progress() const;
    std::uint64_t parts_begun() const; // of all files that were begun, as the platform has them
    Unfinished unfinished() const;
    std::optional<Error> stopped_by() const;

  private:
    static constexpr std::size_t most_told = 8;      // files on their way
    static constexpr std::size_t max_notices = 4096; // slots wait beyond that, so that memory stays bounded

    std::optional<Work> choose();
    UploadSession* best_open(int& in_flight) const;
    UploadSession* begin_next();
    Result<PlannedFile> next_file();
    bool may_begin() const;
    bool over_locked() const;
    bool all_begun() const { return large_.empty() && small_left_ == 0; }
    bool nothing_left() const { return all_begun() && open_.empty(); }
    // Of several parts.
    bool is_large(std::uint64_t size) const { return size > settings_.part_size(size); }
    bool large_open() const;
    void came_back(const Work& work);
    void retire(UploadSession& session);

    const Settings settings_;
    Clock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable work_changed_; // slots wait
    std::condition_variable told_;         // the job's thread waits
    struct Large {
        std::uint64_t size;
        std::uint64_t place;
    };
    const PlanList& files_;
    std::deque<Large> large_;       // of those not begun: the files of several parts, the largest first
    PlanList::Reader small_;        // and the others, in their order, among the large ones
    std::uint64_t small_left_ = 0;  // of these
    std::list<UploadSession> open_; // in the order begun
    std::vector<Notice> notices_;
    UploadProgress progress_;
    std::uint64_t parts_begun_ = 0;
    int in_flight_ = 0;
    bool stopped_ = false;
    std::optional<Error> reason_;
};

} // namespace ferry
