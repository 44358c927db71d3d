#include "base/ticker.hpp"

#include <system_error>
#include <utility>

namespace ferry {

Ticker::Ticker(Duration interval, std::function<void()> tick) : interval_(interval), tick_(std::move(tick)) {
    try {
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error&) {
    }
}

Ticker::~Ticker() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void Ticker::run() noexcept {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, interval_, [this] { return over_; })) {
        lock.unlock();
        try {
            tick_();
        } catch (...) {
            return;
        }
        lock.lock();
    }
}

} // namespace ferry
