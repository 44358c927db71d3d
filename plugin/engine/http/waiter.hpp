// Waiting on one descriptor: bounded, and ended at once by cancel.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/descriptor.hpp"

#include <chrono>
#include <string>

namespace ferry {

// Time that may be spent waiting. It is spent in slices, and a slice never counts for more than its own length: a
// process that was stopped, or a lid that was closed, comes back with its patience unspent and not to a false stall.
class Patience {
  public:
    using Span = std::chrono::nanoseconds;
    static constexpr Span longest_slice = std::chrono::seconds(1);

    explicit Patience(Span whole) : whole_(whole), left_(whole) {}

    void rearm() { left_ = whole_; }
    bool spent() const { return left_ <= Span::zero(); }
    Span whole() const { return whole_; }
    Span left() const { return left_; }
    Span used() const { return whole_ - left_; }
    Span slice() const { return left_ < longest_slice ? left_ : longest_slice; }
    // Notes that waiting for slice() took `elapsed` by the monotonic clock.
    void take(Span time) { left_ -= time; }
    void spend(Span elapsed) { left_ -= elapsed < slice() ? elapsed : slice(); }

  private:
    Span whole_;
    Span left_;
};

// "30 s", "200 ms"
std::string to_text(Patience::Span time);

enum class Wake { ready, timeout, cancelled };

// The waits of one request. Cancel writes to an eventfd that every wait polls too, so no descriptor is touched from the
// cancelling thread but that one.
class Waiter {
  public:
    explicit Waiter(CancelToken& cancel);

    bool usable() const { return static_cast<bool>(event_); } // false: no descriptor was to be had
    bool cancelled() const { return cancel_.cancelled(); }
    // Until `fd` has one of the poll `events` or an error. Time waited is taken from `patience` in every case.
    Wake wait(int fd, short events, Patience& patience);

  private:
    CancelToken& cancel_;
    Descriptor event_;
    CancelToken::Registration registration_; // last: dies before the eventfd that it writes to
};

} // namespace ferry
