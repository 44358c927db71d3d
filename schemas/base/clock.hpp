// Time as a parameter, so that tests never sleep.
#pragma once

#include "base/cancel.hpp"

#include <chrono>

namespace ferry {

using Duration = std::chrono::milliseconds;
// A point on the monotonic clock, counted from an arbitrary origin.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;
// A point of civil time (UTC).
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

// Thread-safe.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    virtual WallTime wall() const = 0;
    // Blocks until `until` or until cancelled; false if cancelled.
    virtual bool wait_until(Instant until, CancelToken& cancel) = 0;
    bool wait_for(Duration time, CancelToken& cancel) { return wait_until(now() + time, cancel); }
};

// The machine's clock.
class SystemClock final : public Clock {
  public:
    Instant now() const override;
    WallTime wall() const override;
    bool wait_until(Instant until, CancelToken& cancel) override;
};

// Seeded source of jitter; thread-safe.
class Random {
  public:
    virtual ~Random() = default;
    // Uniform in [0, 1).
    virtual double next() = 0;
};

} // namespace ferry
