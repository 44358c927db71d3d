#include "transfer/work_queue.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

namespace ferry {

WorkQueue::WorkQueue(Settings settings, const PlanList& files, Clock& clock)
    : settings_(std::move(settings))
    , clock_(clock)
    , files_(files)
    , small_(files) {
    for (PlanList::Reader reader(files); reader.more();) {
        const std::uint64_t place = reader.place();
        const Result<PlannedFile> file = reader.next();
        if (!file.ok()) {
            stopped_ = true;
            reason_ = file.error();
            break;
        }
        if (is_large(file->identity.size))
            large_.push_back({file->identity.size, place});
        else
            ++small_left_;
    }
    progress_.bytes_total = files.bytes();
    progress_.files_total = files.files();
    std::ranges::stable_sort(large_, std::ranges::greater(), &Large::size);
}

std::optional<Work> WorkQueue::next() {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (stopped_ || nothing_left())
            return std::nullopt;
        if (notices_.size() < max_notices) {
            if (std::optional<Work> work = choose()) {
                ++in_flight_;
                return work;
            }
            if (stopped_)
                return std::nullopt;
        }
        work_changed_.wait(lock);
    }
}

std::optional<Work> WorkQueue::choose() {
    int in_flight = 0;
    UploadSession* open = best_open(in_flight);
    const int share = std::max(1, settings_.slots / 2);
    if (open && (in_flight < share || !may_begin()))
        return open->take();
    UploadSession* begun = may_begin() ? begin_next() : nullptr;
    return begun ? begun->take() : std::nullopt;
}

// The open file to serve: one that only waits to be completed, given up or begun anew comes first, as it has nothing in
// flight; then the one with the fewest parts in flight; among equals the one begun first.
UploadSession* WorkQueue::best_open(int& in_flight) const {
    const UploadSession* best = nullptr;
    in_flight = std::numeric_limits<int>::max();
    for (const UploadSession& session : open_) {
        if (session.has_work() && session.in_flight() < in_flight) {
            best = &session;
            in_flight = session.in_flight();
        }
    }
    return const_cast<UploadSession*>(best);
}

bool WorkQueue::may_begin() const {
    return !all_begun() && open_.size() < static_cast<std::size_t>(settings_.slots) + 2;
}

bool WorkQueue::large_open() const {
    return std::ranges::any_of(
        open_, [](const UploadSession& session) { return session.file().identity.size > session.request().part_size; });
}

Result<PlannedFile> WorkQueue::next_file() {
    if (small_left_ == 0 || (!large_.empty() && !large_open())) {
        const std::uint64_t place = large_.front().place;
        large_.pop_front();
        return files_.at(place);
    }
    --small_left_;
    for (;;) {
        Result<PlannedFile> file = small_.next();
        if (!file.ok() || !is_large(file->identity.size))
            return file;
    }
}

// Null where the list cannot be read: then nothing goes on.
UploadSession* WorkQueue::begin_next() {
    Result<PlannedFile> file = next_file();
    if (!file.ok()) {
        stopped_ = true;
        reason_ = file.error();
        work_changed_.notify_all();
        told_.notify_all();
        return nullptr;
    }
    InitRequest request{.target = settings_.target,
                        .name = file->name,
                        .size = file->identity.size,
                        .part_size = settings_.part_size(file->identity.size),
                        .overwrite = settings_.overwrite,
                        .replaces = file->replaces,
                        .takes_over = !settings_.rename};
    UploadSession& session = open_.emplace_back(std::move(*file), std::move(request));
    session.started_at = clock_.now();
    return &session;
}

void WorkQueue::init_done(const Work& work, OpenedUpload opened) {
    std::lock_guard lock(mutex_);
    work.session->init_done(std::move(opened));
    parts_begun_ += work.session->opened().plan.count();
    progress_.bytes_done += work.session->bytes_stored(); // those of an upload that is gone on with
    came_back(work);
}

void WorkQueue::parts_lost(const Work& work, const std::vector<std::uint32_t>& lost,
                           const std::vector<std::uint32_t>& reported) {
    std::lock_guard lock(mutex_);
    const std::uint64_t before = work.session->bytes_stored();
    work.session->parts_lost(lost, reported);
    progress_.bytes_done += work.session->bytes_stored() - before;
    came_back(work);
}

void WorkQueue::part_done(const Work& work, SentPart part, bool reported) {
    std::lock_guard lock(mutex_);
    const std::uint64_t before = work.session->bytes_stored();
    progress_.bytes_sent += work.session->opened().plan.range(work.part).size;
    work.session->part_done(work.part, std::move(part), reported);
    progress_.bytes_done += work.session->bytes_stored() - before; // goes down where the file starts over
    came_back(work);
}

void WorkQueue::complete_done(const Work& work, FileResult result) {
    std::lock_guard lock(mutex_);
    const std::uint64_t before = work.session->bytes_stored();
    work.session->complete_done();
    progress_.bytes_done += work.session->file().identity.size - before; // found complete: nothing of it was sent
    result.seconds = clock_.now() - work.session->started_at;
    notices_.emplace_back(std::move(result));
    came_back(work);
}

void WorkQueue::abort_done(const Work& work, bool aborted) {
    std::lock_guard lock(mutex_);
    work.session->abort_done(aborted);
    came_back(work);
}

void WorkQueue::work_failed(const Work& work, WorkFailure failure) {
    std::lock_guard lock(mutex_);
    const std::uint64_t before = work.session->bytes_stored();
    if (failure.error.kind == ErrorKind::cancelled) {
        stopped_ = true;
        work.session->work_dropped();
    } else {
        work.session->work_failed(std::move(failure));
    }
    progress_.bytes_done += work.session->bytes_stored() - before;
    came_back(work);
}

void WorkQueue::came_back(const Work& work) {
    --in_flight_;
    if (work.session->finished())
        retire(*work.session);
    work_changed_.notify_all();
    told_.notify_all();
}

void WorkQueue::retire(UploadSession& session) {
    if (session.failed()) {
        const PlannedFile& file = session.file();
        notices_.emplace_back(FailedFile{.position = file.position,
                                         .path = file.path,
                                         .name = file.placed(),
                                         .upload_id = session.open_upload(),
                                         .parts_stored = session.parts_stored(),
                                         .error = session.failure()});
    } else {
        ++progress_.files_done;
    }
    open_.remove_if([&](const UploadSession& candidate) { return &candidate == &session; });
}

void WorkQueue::tell(JobEvent event) {
    std::lock_guard lock(mutex_);
    notices_.emplace_back(std::move(event));
    told_.notify_all();
}

void WorkQueue::stop(std::optional<Error> reason) {
    std::lock_guard lock(mutex_);
    if (!stopped_)
        reason_ = std::move(reason);
    stopped_ = true;
    work_changed_.notify_all();
    told_.notify_all();
}

std::vector<Notice> WorkQueue::wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    told_.wait_for(lock, time, [&] { return !notices_.empty() || over_locked(); });
    if (notices_.size() >= max_notices)
        work_changed_.notify_all(); // slots wait until they are taken
    return std::exchange(notices_, {});
}

bool WorkQueue::over_locked() const {
    return in_flight_ == 0 && (stopped_ || nothing_left());
}

bool WorkQueue::over() const {
    std::lock_guard lock(mutex_);
    return over_locked() && notices_.empty();
}

UploadProgress WorkQueue::progress() const {
    std::lock_guard lock(mutex_);
    UploadProgress progress = progress_;
    for (auto session = open_.begin(); session != open_.end() && progress.in_work.size() < most_told; ++session)
        progress.in_work.push_back({session->file().remote(), session->bytes_stored(), session->file().identity.size});
    return progress;
}

std::uint64_t WorkQueue::parts_begun() const {
    std::lock_guard lock(mutex_);
    return parts_begun_;
}

Unfinished WorkQueue::unfinished() const {
    std::lock_guard lock(mutex_);
    Unfinished counts{.files_begun = open_.size(), .files_untouched = large_.size() + small_left_};
    for (const UploadSession& session : open_) {
        counts.parts_stored += session.parts_stored();
        if (!session.open_upload().empty())
            counts.open.push_back({.name = session.file().remote(),
                                   .upload_id = session.open_upload(),
                                   .parts = session.opened().plan.count(),
                                   .parts_stored = session.parts_stored(),
                                   .unreported = session.unreported()});
    }
    return counts;
}

std::optional<Error> WorkQueue::stopped_by() const {
    std::lock_guard lock(mutex_);
    return reason_;
}

} // namespace ferry
