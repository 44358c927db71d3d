#include "host_bridge.hpp"

#include "base/job_event.hpp"
#include "error_report.hpp"

#include <chrono>
#include <cstddef>

namespace ferry {

namespace {

int32_t level_of(LogLevel level) {
    switch (level) {
    case LogLevel::error:
        return FERRY_LOG_ERROR;
    case LogLevel::warn:
        return FERRY_LOG_WARN;
    case LogLevel::info:
        return FERRY_LOG_INFO;
    case LogLevel::debug:
        return FERRY_LOG_DEBUG;
    }
    return FERRY_LOG_DEBUG;
}

} // namespace

void HostLog::write(LogLevel level, std::string_view message) {
    services_.log(services_.ctx, level_of(level), to_abi(message));
}

void HostLog::event(const JobEvent& event) {
    if (FERRY_HAS(ferry_services, &services_, event) && services_.event)
        services_.event(services_.ctx, to_abi(event.type), to_abi(event.json));
}

std::optional<std::string> host_secret(const ferry_services& services, std::string_view name) {
    constexpr std::size_t longest = 64u << 10u; // of an environment variable that we would ever read
    std::string value(256, '\0');
    std::size_t size = 0;
    int32_t code = services.secret(services.ctx, to_abi(name), value.data(), value.size(), &size);
    if (code == FERRY_TOO_SMALL && size <= longest) {
        value.resize(size);
        code = services.secret(services.ctx, to_abi(name), value.data(), value.size(), &size);
    }
    if (code != FERRY_OK || size > value.size())
        return std::nullopt;
    value.resize(size);
    return value;
}

CancelWatcher::~CancelWatcher() {
    {
        const std::lock_guard lock(mutex_);
        end_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void CancelWatcher::add(CancelToken& token, const ferry_services& services) {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable())
        thread_ = std::thread([this] { watch(); });
    watched_.emplace(&token, &services);
    if (idle_)
        changed_.notify_all();
}

void CancelWatcher::remove(CancelToken& token) {
    const std::lock_guard lock(mutex_);
    watched_.erase(&token);
}

// Under the lock all along but for the waiting: a task that ends waits until nobody asks its host any more.
void CancelWatcher::watch() noexcept {
    using namespace std::chrono_literals;
    std::unique_lock lock(mutex_);
    while (!end_) {
        for (const auto& [token, services] : watched_)
            if (services->cancelled(services->ctx) != 0)
                token->cancel();
        idle_ = watched_.empty();
        if (idle_)
            changed_.wait(lock, [this] { return end_ || !watched_.empty(); });
        else
            changed_.wait_for(lock, 50ms, [this] { return end_; });
        idle_ = false;
    }
}

} // namespace ferry
