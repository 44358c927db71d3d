// The host's services as the engine's interfaces.
#pragma once

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "ferry_plugin.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace ferry {

// Log lines and events to the host. Thread-safe, as the host's function is.
class HostLog final : public Log {
  public:
    explicit HostLog(const ferry_services& services) : services_(services) {}
    void write(LogLevel level, std::string_view message) override;
    bool wants(LogLevel) const override { return true; } // the host filters
    void event(const JobEvent& event) override;

  private:
    const ferry_services& services_;
};

// A secret of the host by the name of its environment variable; nullopt if there is none or it is unreasonably long.
std::optional<std::string> host_secret(const ferry_services& services, std::string_view name);

// Passes the host's cancelled() on to the tokens of running tasks: the ABI has no call-back for it. One thread for all
// tasks of the process, as a batch may run thousands in a second.
class CancelWatcher {
  public:
    CancelWatcher() = default;
    ~CancelWatcher();
    CancelWatcher(const CancelWatcher&) = delete;
    CancelWatcher& operator=(const CancelWatcher&) = delete;

  private:
    friend class CancelWatch;
    using Watched = std::map<CancelToken*, const ferry_services*>;

    void add(CancelToken& token, const ferry_services& services);
    void remove(CancelToken& token);
    void watch() noexcept;

    std::mutex mutex_;
    std::condition_variable changed_;
    Watched watched_;
    bool idle_ = false; // the thread sleeps until somebody wakes it
    bool end_ = false;
    std::thread thread_;
};

// Watches for one task. The host is never called after the destructor.
class CancelWatch {
  public:
    CancelWatch(CancelWatcher& watcher, const ferry_services& services, CancelToken& cancel)
        : watcher_(watcher)
        , cancel_(cancel) {
        watcher_.add(cancel_, services);
    }
    ~CancelWatch() { watcher_.remove(cancel_); }
    CancelWatch(const CancelWatch&) = delete;
    CancelWatch& operator=(const CancelWatch&) = delete;

  private:
    CancelWatcher& watcher_;
    CancelToken& cancel_;
};

} // namespace ferry
