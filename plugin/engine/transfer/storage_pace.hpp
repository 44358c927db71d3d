// How fast one part goes to storage, as far as this process has seen.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <mutex>
#include <optional>

namespace ferry {

// Shared by all steps of a process. Thread-safe.
class StoragePace {
  public:
    // Less is latency more than pace.
    static constexpr std::uint64_t least_part = 1u << 20;

    // A part was stored: its bytes, and the time from its first byte to storage's answer.
    void stored(std::uint64_t bytes, Duration time);
    std::optional<double> bytes_per_second() const; // of one part on its way beside the others; nullopt: not known

  private:
    static constexpr double memory = 0.8; // share of what was known before in each new estimate

    mutable std::mutex mutex_;
    double bytes_ = 0; // both fade, so that a line that changes is seen within a few parts
    double seconds_ = 0;
};

} // namespace ferry
