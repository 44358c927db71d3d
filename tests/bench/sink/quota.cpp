#include "sink/quota.hpp"

#include <chrono>

namespace ferry::bench {

namespace {

std::int64_t now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

} // namespace

bool Quota::take(std::string& headers) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = now_ms();
    if (now >= end_ms_) {
        end_ms_ = now + static_cast<std::int64_t>(seconds_) * 1000;
        used_ = 0;
    }
    const bool left = used_ < calls_;
    used_ += left ? 1 : 0;
    headers += "X-RateLimit-Limit: " + std::to_string(calls_) +
               "\r\nX-RateLimit-Remaining: " + std::to_string(calls_ - used_) +
               "\r\nX-RateLimit-Reset: " + std::to_string((end_ms_ + 999) / 1000) + "\r\n";
    return left;
}

} // namespace ferry::bench
