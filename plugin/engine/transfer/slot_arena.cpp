#include "transfer/slot_arena.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace ferry {

// One control for the whole process, as of several the smallest wins; without it an arena runs no more threads than
// there are processors. Each crew has an arena of its own size: TBB starts as many threads as arenas ask for, and those
// of one large arena were all woken, and had all to be ended, for a step of a few slots. No place in an arena is kept
// for threads from outside, as none ever enters: tasks are enqueued, and whoever waits for them waits outside. A step's
// thread inside could be caught running another step's slot, for hours.
struct SlotArena::Impl {
    // TBB's threads go on living after the last arena. Waits for their end, so that none runs code of a library that
    // has been unloaded, or keeps what OpenSSL allocated per thread. Not waited for where others in the process use TBB
    // too.
    class WorkerThreads {
      public:
        WorkerThreads() = default;
        ~WorkerThreads() { tbb::finalize(handle_, std::nothrow); }
        WorkerThreads(const WorkerThreads&) = delete;
        WorkerThreads& operator=(const WorkerThreads&) = delete;

      private:
        tbb::task_scheduler_handle handle_{tbb::attach{}};
    };

    WorkerThreads threads; // first, so that their end is waited for once nothing holds on to them
    tbb::global_control control{tbb::global_control::max_allowed_parallelism, capacity + 1}; // one is the caller
    // Arenas are lent to crews and used again: one that is given up may still have tasks of a crew that was dismissed.
    struct Lent {
        explicit Lent(int slots) : size(slots), arena(slots, 0) {}
        const int size;
        bool in_use = true;
        tbb::task_arena arena;
    };
    Lent& borrow(int slots) {
        std::lock_guard lock(mutex);
        for (const std::unique_ptr<Lent>& lent : arenas) {
            if (lent->in_use || lent->size != slots)
                continue;
            lent->in_use = true;
            return *lent;
        }
        return *arenas.emplace_back(std::make_unique<Lent>(slots));
    }
    void give_back(Lent& lent) {
        std::lock_guard lock(mutex);
        lent.in_use = false;
    }

    std::mutex mutex;
    std::vector<std::unique_ptr<Lent>> arenas;
    tbb::task_group_context context{tbb::task_group_context::isolated}; // from whatever TBB task first uses it
    tbb::task_group group{context};
};

SlotArena::SlotArena() : impl_(std::make_unique<Impl>()) {}

SlotArena::~SlotArena() {
    impl_->group.wait(); // for the last moments of tasks whose crews have been joined, and for those never begun
}

int SlotArena::effective_capacity() const {
    const std::size_t active = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    return std::max(1, static_cast<int>(std::min<std::size_t>(active, capacity + 1)) - 1);
}

struct SlotCrew::State {
    State(SlotArena::Impl& owner, int slots) : home(owner), lent(owner.borrow(slots)) {}

    SlotArena::Impl& home; // not to be touched by a task, which may outlive it
    SlotArena::Impl::Lent& lent;
    std::mutex mutex;
    std::condition_variable ended;
    std::function<void()> work;
    int running = 0;
    bool dismissed = false;

    void run_slot() noexcept {
        {
            std::lock_guard lock(mutex);
            if (dismissed)
                return;
            ++running;
        }
        work();
        std::lock_guard lock(mutex);
        --running;
        ended.notify_all();
    }
};

SlotCrew::SlotCrew(SlotArena& arena, int slots, std::function<void()> work)
    : state_(std::make_shared<State>(*arena.impl_, slots)) {
    state_->work = std::move(work);
    for (int i = 0; i < slots; ++i)
        state_->lent.arena.enqueue(arena.impl_->group.defer([state = state_] { state->run_slot(); }));
}

SlotCrew::~SlotCrew() {
    join();
    state_->home.give_back(state_->lent);
}

void SlotCrew::join() {
    std::unique_lock lock(state_->mutex);
    state_->dismissed = true;
    state_->ended.wait(lock, [&] { return state_->running == 0; });
}

} // namespace ferry
