// The way to the object storage: how many parts are on it at once, and when the next may get ready.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/rare_line.hpp"
#include "transfer/storage_pace.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace ferry {

class StoragePassage;

// For all slots of a step, or of all rows of a batch. Two doors, each first come first served: behind the first a slot
// gets ready (it fetches a signed URL), behind the second it sends. The first opens for as many as there are places
// free or about to be free, so that the API's latency hides behind the parts on their way and no URL has to wait for
// long. Storage that asks for less gets less: the places are halved, and come back one by one as parts are stored.
// Thread-safe; outlives passages.
class StorageGate {
  public:
    // Of a place's read buffer: memory is bounded by the places, whatever the size of parts.
    static constexpr std::size_t buffer_size = 512u << 10;
    // How long before a place is free somebody may get ready for it, whatever calls take: URLs must not get old.
    static constexpr Duration longest_lead{10'000};

    StorageGate(Clock& clock, StoragePace& pace, int places)
        : clock_(clock)
        , pace_(pace)
        , places_(places)
        , limit_(places) {}

    int in_use() const; // parts on their way
    int limit() const;  // places that storage is asked to bear now
    // From now on there are as many places, if there were fewer.
    void widen(int places);

  private:
    friend class StoragePassage;
    using Buffer = std::unique_ptr<std::byte[]>;
    struct Waiter {
        std::condition_variable wake;
        bool go = false;
        bool cancelled = false;
    };
    bool wait_at(std::deque<Waiter*>& door, CancelToken& cancel);
    void open_doors();
    bool may_get_ready() const { return ready_ < std::max(0, limit_ - in_use_) + soon_free_; }
    Duration lead() const;
    void slow_down(Instant begun, const std::string& reason, Log& log);
    void speed_up(Instant begun, Log& log);

    Clock& clock_;
    StoragePace& pace_;
    mutable std::mutex mutex_;
    int places_;
    std::deque<Waiter*> first_door_;
    std::deque<Waiter*> second_door_;
    int limit_;
    int in_use_ = 0;
    int ready_ = 0;               // through the first door and not through the second
    int soon_free_ = 0;           // of those in use
    double getting_ready_ms_ = 0; // what it takes, as a moving average
    Instant last_cut_{Duration::min()};
    RareLine slow_line_;
    bool slow_told_ = false;      // above debug, and not yet that it is over
    int stored_since_ = 0;        // by parts begun after the last change of the limit
    std::vector<Buffer> buffers_; // those not in use
};

// A step's share in a gate. Outlives its passages.
struct StorageAccess {
    StorageGate& gate;
    Log& log;
    std::atomic<int> in_use{0}; // the step's parts on their way
};

// One part's way: through the first door when made, through the second by enter(), out by its end. Not thread-safe.
class StoragePassage {
  public:
    // Blocks until it may get ready, or until cancelled: then enter() fails.
    StoragePassage(StorageAccess& access, CancelToken& cancel);
    ~StoragePassage();
    StoragePassage(const StoragePassage&) = delete;
    StoragePassage& operator=(const StoragePassage&) = delete;

    // Blocks until there is a place; false if cancelled.
    bool enter(CancelToken& cancel);
    // The rest is to be called inside only.
    std::span<std::byte> buffer() const { return {buffer_.get(), StorageGate::buffer_size}; }
    void begin(std::uint64_t bytes);           // the part's size; sending begins
    void sent(std::uint64_t bytes);            // in all, since begin()
    void stored();                             // the whole part
    void slow_down(const std::string& reason); // storage asks for less; a clause for people

  private:
    StorageAccess& access_;
    StorageGate& gate_;
    Instant since_; // of the door passed last, then of begin()
    bool ready_ = false;
    bool inside_ = false;
    bool announced_ = false; // that the place will soon be free
    std::uint64_t size_ = 0;
    StorageGate::Buffer buffer_;
};

} // namespace ferry
