// Time and chance under a test's control: no test sleeps, none depends on the machine's speed.
#pragma once

#include "base/clock.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <vector>

namespace ferry::test {

// Thread-safe. Starts at 2026-01-01T00:00:00Z. In `automatic` mode a wait moves the time to its end at once and
// returns; in `manual` mode it blocks until another thread advances the clock far enough.
class FakeClock final : public Clock {
  public:
    enum class Mode { automatic, manual };
    explicit FakeClock(Mode mode = Mode::automatic) : mode_(mode) {}

    Instant now() const override;
    WallTime wall() const override;
    bool wait_until(Instant until, CancelToken& cancel) override;

    void advance(Duration time);
    void shift_wall(Duration by); // civil time alone, as when the machine's clock is wrong
    // Called before each wait, without a lock, with the time that it is to last: may advance the clock or cancel.
    void before_wait(std::function<void(Duration)> hook);

    std::vector<Duration> waits() const;         // those asked for, in order, however they ended
    Duration waited() const;                     // their sum
    void await_waiters(std::size_t count) const; // manual mode: blocks until so many threads wait at once

  private:
    const Mode mode_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    Instant now_{Duration{1'000'000}};
    WallTime wall_{Duration{1'767'225'600'000}};
    std::vector<Duration> waits_;
    std::size_t waiting_ = 0;
    std::function<void(Duration)> hook_;
};

// The same number for ever.
class FixedRandom final : public Random {
  public:
    explicit FixedRandom(double value) : value_(value) {}
    double next() override { return value_; }

  private:
    const double value_;
};

// A repeatable sequence; thread-safe.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(unsigned seed) : engine_(seed) {}
    double next() override;

  private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

} // namespace ferry::test
