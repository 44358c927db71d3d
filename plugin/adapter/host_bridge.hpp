// The host's services as the engine's interfaces.
#pragma once

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "ferry_plugin.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace ferry {

// Log lines to the host. Thread-safe, as the host's function is.
class HostLog final : public Log {
  public:
    explicit HostLog(const ferry_services& services) : services_(services) {}
    void write(LogLevel level, std::string_view message) override;
    bool wants(LogLevel) const override { return true; } // the host filters

  private:
    const ferry_services& services_;
};

// A secret of the host by the name of its environment variable; nullopt if there is none or it is unreasonably long.
std::optional<std::string> host_secret(const ferry_services& services, std::string_view name);

// Watches the host's cancelled() and passes it on to a CancelToken: the ABI has no call-back for it. Its thread ends
// before the destructor does, so the host is never called after the task.
class CancelWatch {
  public:
    CancelWatch(const ferry_services& services, CancelToken& cancel);
    ~CancelWatch();
    CancelWatch(const CancelWatch&) = delete;
    CancelWatch& operator=(const CancelWatch&) = delete;

  private:
    void watch() noexcept;

    const ferry_services& services_;
    CancelToken& cancel_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool end_ = false;
    std::thread thread_; // last: it uses the others
};

} // namespace ferry
