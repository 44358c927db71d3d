#include "verify/hash_crew.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace ferry {

void run_in_slots(SlotArena& arena, std::size_t count, int parallel, const CancelToken& cancel,
                  const std::function<void(std::size_t)>& work, const std::function<void()>& tick) {
    using namespace std::chrono_literals;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t next = 0;
    std::size_t ended = 0;
    const int slots = static_cast<int>(std::min<std::size_t>(count, static_cast<std::size_t>(std::max(parallel, 1))));
    if (slots == 0)
        return;
    SlotCrew crew(arena, slots, [&] {
        std::unique_lock lock(mutex);
        while (next < count && !cancel.cancelled()) {
            const std::size_t mine = next++;
            lock.unlock();
            work(mine);
            lock.lock();
            ++ended;
            changed.notify_all();
        }
    });
    {
        std::unique_lock lock(mutex);
        while (ended < count && !cancel.cancelled()) {
            changed.wait_for(lock, 200ms, [&] { return ended == count; });
            lock.unlock();
            tick();
            lock.lock();
        }
    }
    crew.join();
}

} // namespace ferry
