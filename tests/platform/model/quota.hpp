// The platform's rate limit: a fixed window per token. Thread-safe.
#pragma once

#include "model/ids.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace ferry::platform {

class Quota {
  public:
    struct View {
        std::uint64_t limit = 0;
        std::uint64_t remaining = 0;
        std::int64_t reset_ms = 0; // Unix time at which the window ends
        bool taken = true;         // false: the window was used up before
    };

    Quota(std::uint64_t calls, std::chrono::milliseconds window, const Clock& clock)
        : calls_(calls)
        , window_(window)
        , clock_(clock) {}
    View take(const std::string& token);
    View look(const std::string& token); // costs nothing

  private:
    struct Window {
        std::int64_t end_ms = 0;
        std::uint64_t used = 0;
    };
    Window& current(const std::string& token);
    View view(const Window& window) const;

    const std::uint64_t calls_;
    const std::chrono::milliseconds window_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, Window> windows_;
};

} // namespace ferry::platform
