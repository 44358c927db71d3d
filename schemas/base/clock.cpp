#include "base/clock.hpp"

#include <condition_variable>

namespace ferry {

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

WallTime SystemClock::wall() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

bool SystemClock::wait_until(Instant until, CancelToken& cancel) {
    std::mutex mutex;
    std::condition_variable wakeup;
    bool woken = false;
    CancelToken::Registration registration(cancel, [&] {
        std::lock_guard lock(mutex);
        woken = true;
        wakeup.notify_all();
    });
    std::unique_lock lock(mutex);
    return !wakeup.wait_until(lock, until, [&] { return woken; });
}

} // namespace ferry
