#include "fake_clock.hpp"

#include <utility>

namespace ferry::test {

Instant FakeClock::now() const {
    std::lock_guard lock(mutex_);
    return now_;
}

WallTime FakeClock::wall() const {
    std::lock_guard lock(mutex_);
    return wall_;
}

bool FakeClock::wait_until(Instant until, CancelToken& cancel) {
    std::function<void(Duration)> hook;
    Duration asked;
    {
        std::lock_guard lock(mutex_);
        asked = until > now_ ? until - now_ : Duration{0};
        waits_.push_back(asked);
        hook = hook_;
    }
    if (hook)
        hook(asked);
    bool woken = false;
    CancelToken::Registration registration(cancel, [&] {
        std::lock_guard lock(mutex_);
        woken = true;
        changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    if (mode_ == Mode::automatic) {
        if (!woken && until > now_) {
            wall_ += until - now_;
            now_ = until;
            changed_.notify_all();
        }
        return !woken;
    }
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return woken || now_ >= until; });
    --waiting_;
    return !woken;
}

void FakeClock::advance(Duration time) {
    std::lock_guard lock(mutex_);
    now_ += time;
    wall_ += time;
    changed_.notify_all();
}

void FakeClock::shift_wall(Duration by) {
    std::lock_guard lock(mutex_);
    wall_ += by;
}

void FakeClock::before_wait(std::function<void(Duration)> hook) {
    std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
}

std::vector<Duration> FakeClock::waits() const {
    std::lock_guard lock(mutex_);
    return waits_;
}

Duration FakeClock::waited() const {
    Duration sum{0};
    for (const Duration wait : waits())
        sum += wait;
    return sum;
}

void FakeClock::await_waiters(std::size_t count) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
}

double SeededRandom::next() {
    std::lock_guard lock(mutex_);
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine_);
}

} // namespace ferry::test
