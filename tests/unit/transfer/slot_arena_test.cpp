#include "transfer/slot_arena.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace ferry::test {
namespace {

// Opens when so many are inside at once; the time-out is only there so that a failure ends.
class Barrier {
  public:
    explicit Barrier(int wanted) : wanted_(wanted) {}

    void pass() {
        std::unique_lock lock(mutex_);
        ++inside_;
        changed_.notify_all();
        const bool all = changed_.wait_for(lock, std::chrono::seconds(60), [this] { return inside_ == wanted_; });
        open_ = open_ || all;
        changed_.notify_all();
    }
    bool opened() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(60), [this] { return open_; });
    }

  private:
    const int wanted_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int inside_ = 0;
    bool open_ = false;
};

// Two steps on threads of their own, all their slots inside at once.
bool all_inside(SlotArena& arena, int steps, int slots) {
    Barrier barrier(steps * slots);
    std::atomic<int> good{0};
    std::vector<std::thread> jobs;
    for (int i = 0; i < steps; ++i)
        jobs.emplace_back([&] {
            SlotCrew crew(arena, slots, [&] { barrier.pass(); });
            if (barrier.opened())
                ++good;
            crew.join();
        });
    for (std::thread& job : jobs)
        job.join();
    return good == steps;
}

} // namespace

TEST_CASE("every slot of a step runs at once, whatever the number of processors") {
    SlotArena arena;
    CHECK(arena.effective_capacity() == SlotArena::capacity);
    CHECK(all_inside(arena, 1, 16));
    CHECK(all_inside(arena, 1, 64));
}

TEST_CASE("two steps side by side have all their slots") {
    SlotArena arena;
    CHECK(all_inside(arena, 2, 16));
    CHECK(all_inside(arena, 2, 64));
    CHECK(all_inside(arena, 2, 16)); // and again, once threads have gone to sleep
}

TEST_CASE("the arena is there again after it was closed") {
    for (int i = 0; i < 3; ++i) {
        SlotArena arena;
        CHECK(all_inside(arena, 1, 8));
    }
}

TEST_CASE("join waits for the slots that run and keeps the others from beginning") {
    SlotArena arena;
    std::mutex mutex;
    std::condition_variable changed;
    bool go_on = false;
    std::atomic<int> begun{0};
    std::atomic<int> ended{0};
    const auto hold = [&] {
        ++begun;
        std::unique_lock lock(mutex);
        changed.notify_all();
        changed.wait(lock, [&] { return go_on; });
        ++ended;
    };
    std::atomic<int> late{0};
    {
        SlotCrew full(arena, SlotArena::capacity, hold); // all slots there are
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return begun == SlotArena::capacity; });
        }
        {
            const SlotCrew waiting(arena, 4, [&] { ++late; });
        } // cannot begin, and must not wait for the other step
        std::lock_guard lock(mutex);
        go_on = true;
        changed.notify_all();
    }
    CHECK(ended == SlotArena::capacity);
    CHECK(all_inside(arena, 1, SlotArena::capacity)); // the tasks of the crew that is gone have passed through
    CHECK(late == 0);
}

} // namespace ferry::test
