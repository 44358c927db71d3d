// The MD5s of many parts at once: what is on its way in all slots of the process goes through the lanes of one vector.
#pragma once

#include "hash/md5.hpp"
#include "hash/md5_runs.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace ferry {

class PartHash;

// Shared by all slots of all steps. Thread-safe; outlives its parts.
//
// A part's bytes lie in its slot's ring buffer until they are hashed, so a slot may be a ring ahead of the hashing.
// There is no thread for it: whoever finds that enough rings are half full hashes them all, in the middle of sending
// its own part, while the other slots go on into their other halves. A slot whose ring is full waits a moment for
// company, then hashes what there is, so that no slot depends on the pace of another one; and a part that has not come
// meanwhile is not waited for again until it has kept pace for a while.
//
// Measured side by side over http with 8 slots, AVX-512 and all parts in the page cache, in CPU seconds per GiB: this
// 0.58; the file given to the socket by sendfile and read a second time for the hashing 0.70, and where it is not in
// the page cache it would come from the disk twice. Rings of half the size 0.67. Of twice the size 0.56, but over
// TLS 1.22 instead of 0.98: the bytes are no longer in the near cache when their turn comes.
class PartHasher {
  public:
    // How long a slot with a full ring waits for company: what two cores need for the rings of 16 slots over TLS, twice
    // over. With a sixth of it those 16 took 1.00 instead of 0.81 CPU seconds per GiB.
    static constexpr std::chrono::microseconds usual_patience{3000};

    explicit PartHasher(Md5Kernels kernels = md5_kernels(), std::chrono::microseconds patience = usual_patience)
        : kernels_(kernels)
        , patience_(patience) {}

  private:
    friend class PartHash;
    using Lock = std::unique_lock<std::mutex>;
    std::size_t company() const; // parts that are worth hashing at once
    std::size_t ready() const;   // parts of which as much waits as is hashed at once
    void hash(Lock& lock, PartHash* first);
    void make_room(Lock& lock, PartHash& part, std::size_t wanted);
    void hash_rest(Lock& lock, PartHash& part);

    const Md5Kernels kernels_;
    const std::chrono::microseconds patience_;
    std::mutex mutex_;
    std::condition_variable hashed_;
    std::vector<PartHash*> open_; // under mutex_, with all of their members that say so
};

// One part on its way. Used by one thread.
class PartHash {
  public:
    // `ring` is the caller's until this ends, and nobody else writes to it; some multiple of four blocks. `size` is the
    // part's.
    PartHash(PartHasher& hasher, std::span<std::byte> ring, std::uint64_t size);
    ~PartHash();
    PartHash(const PartHash&) = delete;
    PartHash& operator=(const PartHash&) = delete;

    // Where the part's next bytes are to be put, `most` at once; never empty. What was put before the last call may be
    // overwritten. Blocks while the ring is full.
    std::span<std::byte> room(std::size_t most);
    void put(std::size_t bytes); // so many are in room() now
    Md5 finish();                // of all bytes put; then restart() before more are
    void restart();              // forgets what was put

  private:
    friend class PartHasher;
    std::uint64_t waiting() const { return (put_ - hashed_) / md5_block * md5_block; } // bytes, whole blocks
    std::size_t at_once() const { return ring_.size() / 2; }                           // bytes, where there are so many
    bool ready() const { return taken_ == 0 && waiting() >= at_once(); }
    bool coming() const { return put_ > 0 && put_ < size_ && keeps_pace_; }
    void note_pace();
    Md5Run run(std::size_t most);
    void wait_until_left(PartHasher::Lock& lock);

    PartHasher& hasher_;
    const std::span<std::byte> ring_; // byte n of the part is at n modulo its size
    const std::uint64_t size_;
    // Under the hasher's mutex.
    std::uint64_t put_ = 0;
    std::uint64_t hashed_ = 0; // a multiple of the block
    std::size_t taken_ = 0;    // bytes behind hashed_ that some thread hashes now
    bool keeps_pace_ = true;   // with the others: else nobody waits for it
    int in_time_ = 0;          // how many hashings in a row have found half of what is hashed at once, or more
    Md5State state_;           // that thread's alone while some are taken
};

} // namespace ferry
