#include "hash/part_hasher.hpp"

#include <algorithm>
#include <array>

namespace ferry {
namespace {

constexpr std::size_t largest_room = 256u << 10; // the most that is given out at once
constexpr std::size_t smallest_run = 4u << 10;   // of a part that only keeps others company

} // namespace

std::size_t PartHasher::company() const {
    const auto parts =
        std::count_if(open_.begin(), open_.end(), [](const PartHash* part) { return part->coming() || part->ready(); });
    return std::min(static_cast<std::size_t>(parts), static_cast<std::size_t>(kernels_.back().lanes));
}

std::size_t PartHasher::ready() const {
    return static_cast<std::size_t>(
        std::count_if(open_.begin(), open_.end(), [](const PartHash* part) { return part->ready(); }));
}

// Hashes `first`, unless it is null, and all others that are ready; the lanes then left over take what there is.
void PartHasher::hash(Lock& lock, PartHash* first) {
    std::array<PartHash*, most_md5_lanes> parts{};
    std::array<Md5Run, most_md5_lanes> runs{};
    std::size_t count = 0;
    const auto take = [&](PartHash& part, std::size_t least) {
        if (count == static_cast<std::size_t>(kernels_.back().lanes) || part.taken_ > 0)
            return;
        const Md5Run run = part.run(part.at_once());
        if (run.blocks * md5_block < least)
            return;
        part.taken_ = run.blocks * md5_block;
        parts[count] = &part;
        runs[count++] = run;
    };
    for (PartHash* part : open_)
        part->note_pace();
    if (first)
        take(*first, md5_block);
    for (PartHash* part : open_)
        if (part->ready())
            take(*part, md5_block);
    for (PartHash* part : open_)
        take(*part, smallest_run);
    lock.unlock();
    hash_runs(std::span(runs).first(count), kernels_);
    lock.lock();
    for (std::size_t i = 0; i < count; ++i) {
        parts[i]->hashed_ += parts[i]->taken_;
        parts[i]->taken_ = 0;
    }
    hashed_.notify_all();
}

void PartHasher::make_room(Lock& lock, PartHash& part, std::size_t wanted) {
    const auto has_room = [&] { return part.put_ - part.hashed_ + wanted <= part.ring_.size(); };
    if (has_room())
        return;
    if (part.taken_ == 0 && ready() < company())
        if (!hashed_.wait_for(lock, patience_, [&] { return has_room() || part.taken_ > 0; }))
            for (PartHash* other : open_)
                other->keeps_pace_ = other->ready();
    while (!has_room()) {
        if (part.taken_ > 0)
            hashed_.wait(lock);
        else
            hash(lock, &part);
    }
}

void PartHasher::hash_rest(Lock& lock, PartHash& part) {
    while (part.waiting() > 0 || part.taken_ > 0) {
        if (part.taken_ > 0)
            hashed_.wait(lock);
        else
            hash(lock, &part);
    }
}

PartHash::PartHash(PartHasher& hasher, std::span<std::byte> ring, std::uint64_t size)
    : hasher_(hasher)
    , ring_(ring)
    , size_(size) {
    std::lock_guard lock(hasher_.mutex_);
    hasher_.open_.push_back(this);
}

PartHash::~PartHash() {
    PartHasher::Lock lock(hasher_.mutex_);
    wait_until_left(lock);
    std::erase(hasher_.open_, this);
}

void PartHash::wait_until_left(PartHasher::Lock& lock) {
    hasher_.hashed_.wait(lock, [&] { return taken_ == 0; });
}

// What lies in one stretch, at most so much.
Md5Run PartHash::run(std::size_t most) {
    const auto at = static_cast<std::size_t>(hashed_ % ring_.size());
    const auto bytes = std::min<std::uint64_t>({waiting(), most, ring_.size() - at});
    return {&state_, ring_.data() + at, static_cast<std::size_t>(bytes) / md5_block};
}

// One that is far slower than the others may be in time once, but not twice in a row.
void PartHash::note_pace() {
    in_time_ = waiting() >= at_once() / 2 ? in_time_ + 1 : 0;
    keeps_pace_ = keeps_pace_ || in_time_ >= 2;
}

std::span<std::byte> PartHash::room(std::size_t most) {
    const std::size_t wanted = std::min({most, largest_room, at_once()});
    PartHasher::Lock lock(hasher_.mutex_);
    hasher_.make_room(lock, *this, wanted);
    const auto at = static_cast<std::size_t>(put_ % ring_.size());
    const auto free = ring_.size() - static_cast<std::size_t>(put_ - hashed_);
    return ring_.subspan(at, std::min({free, ring_.size() - at, wanted}));
}

void PartHash::put(std::size_t bytes) {
    PartHasher::Lock lock(hasher_.mutex_);
    put_ += bytes;
    if (ready() && hasher_.ready() >= hasher_.company())
        hasher_.hash(lock, nullptr);
}

Md5 PartHash::finish() {
    PartHasher::Lock lock(hasher_.mutex_);
    hasher_.hash_rest(lock, *this);
    const auto rest = ring_.subspan(static_cast<std::size_t>(hashed_ % ring_.size()),
                                    static_cast<std::size_t>(put_ - hashed_)); // less than a block: in one stretch
    return finish_md5(state_, rest, put_);
}

void PartHash::restart() {
    PartHasher::Lock lock(hasher_.mutex_);
    wait_until_left(lock);
    put_ = 0;
    hashed_ = 0;
    state_ = {};
}

} // namespace ferry
