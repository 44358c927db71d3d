// A cap on bytes a second, over all slots of a step.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace ferry {

// Thread-safe. Smooth: what was not used is lost but for a moment's worth, so that no burst follows a pause.
class BandwidthLimit {
  public:
    // nullopt: no cap.
    BandwidthLimit(Clock& clock, std::optional<std::uint64_t> bytes_per_second);

    bool limits() const { return bytes_per_ms_ > 0; }
    // Bytes to take at once at most, so that every slot gets its turn many times a second.
    std::size_t piece() const { return piece_; }
    // Blocks until that many bytes may go; false if cancelled.
    bool take(std::size_t bytes, CancelToken& cancel);

  private:
    Clock& clock_;
    const double bytes_per_ms_; // 0: no cap
    const std::size_t piece_;
    std::mutex mutex_;
    double next_ms_ = 0; // when the next byte may go, since start_
    const Instant start_;
};

} // namespace ferry
