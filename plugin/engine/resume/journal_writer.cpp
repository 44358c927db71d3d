#include "resume/journal_writer.hpp"

#include "state/private_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <utility>

namespace ferry {

Status JournalWriter::append(const std::string& lines) {
    std::unique_lock lock(mutex_);
    if (waiting_.size() + lines.size() <= most_kept)
        waiting_ += lines;
    const std::uint64_t own = ++asked_;
    while (finished_ < own) {
        if (writing_) {
            Waiter waiter{own, {}};
            waiters_.insert(std::ranges::upper_bound(waiters_, own, {}, &Waiter::number), &waiter);
            waiter.written.wait(lock, [&] { return std::ranges::find(waiters_, &waiter) == waiters_.end(); });
            continue;
        }
        writing_ = true;
        const std::uint64_t up_to = asked_;
        std::string batch = std::exchange(waiting_, {});
        lock.unlock();
        Status status = write_out(batch);
        lock.lock();
        if (!status)
            waiting_.insert(0, batch);
        last_ = std::move(status);
        finished_ = up_to;
        writing_ = false;
        wake();
    }
    return last_;
}

// Those whose lines were in the write, and one to do the next: with many slots the others would wake for nothing.
void JournalWriter::wake() {
    bool next = false;
    while (!waiters_.empty() && !next) {
        next = waiters_.front()->number > finished_;
        waiters_.front()->written.notify_one();
        waiters_.pop_front();
    }
}

// Written twice is as good as once: lines are facts, not steps.
Status JournalWriter::write_out(const std::string& lines) {
    if (torn_) {
        if (const Status ended = write_all(file_.get(), "\n"); !ended)
            return ended;
    }
    torn_ = true;
    if (const Status written = write_all(file_.get(), lines); !written)
        return written;
    torn_ = false;
    if (::fdatasync(file_.get()) != 0 && errno != EINVAL && errno != ENOTSUP) // some file systems cannot
        return {ErrorKind::io, std::strerror(errno)};
    return {};
}

} // namespace ferry
