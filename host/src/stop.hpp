// The request to end: set by a signal, seen by every step.
#pragma once

#include <atomic>

namespace ferry {

// Async-signal-safe to set, cheap to read, shared by all threads of the process.
class StopFlag {
  public:
    void request(int signal) noexcept {
        int none = 0;
        signal_.compare_exchange_strong(none, signal);
    }
    bool requested() const noexcept { return signal_.load(std::memory_order_relaxed) != 0; }
    int signal() const noexcept { return signal_.load(std::memory_order_relaxed); } // 0: none; the first one counts

  private:
    std::atomic<int> signal_{0};
};

} // namespace ferry
