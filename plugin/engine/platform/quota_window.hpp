// How fast one process may call, by what the answers tell about the quota that it shares with processes it does not
// see. Pure arithmetic over times that are handed in: no clock, no lock, no header.
#pragma once

#include "platform/quota_headers.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ferry {

// The part of all calls that is ours, measured while calls are spread: 1 where nobody else calls, an eighth where seven
// others call as we do. What others have used is what is missing between two answers that was not ours.
class QuotaShare {
  public:
    static constexpr double most_sharers = 8; // one burst of others shall not make us yield to more

    void answered() { ++answers_; }       // a call of ours
    void forget() { answers_ = 0; }       // what was called at full speed tells about speed, not about shares
    void used(double calls, double span); // by all since the last time; of older calls about `span` are kept in mind
    double value() const { return own_ < all_ ? own_ / all_ : 1.0; }

  private:
    double own_ = 1;
    double all_ = 1;
    double answers_ = 0;
};

// The rule: full speed while more than half of the window's calls are left; from then on the rest but a reserve is
// spread evenly over the time to the reset. Of both halves a process takes the share that it is used to having, and of
// the first also what the others leave. Calls in flight count as used, and their number is bounded by what is left, so
// that processes that all see the same number do not overshoot it together. Before the first answer of a window next to
// nothing is known, so few calls go. The constants are those with which simulations of 1 to 8 processes of 2 to 24
// slots, in windows of 60 calls in 6 s as of 1,000 in 300 s, have the quota used and next to nothing refused;
// tests/unit/platform/quota_simulation_test.cpp keeps watch over it.
class QuotaWindow {
  public:
    static constexpr std::size_t fresh_flight = 2;    // calls in flight while nothing is known of the window
    static constexpr std::uint64_t flight_part = 8;   // calls in flight: this part of those left, but at least one
    static constexpr std::uint64_t reserve_part = 20; // of the limit, left for calls of others that are in flight
    static constexpr std::uint64_t least_reserve = 3;
    static constexpr std::uint64_t most_reserve_part = 8; // small windows are worth something, too
    // The server has counted a call that takes longer, such as the completion of a large file, long ago.
    static constexpr Duration flight_time{5'000};
    static constexpr Duration grain{1'000};          // the reset of one window may be told so differently
    static constexpr Duration longest_jitter{2'000}; // after a reset; processes shall not go on as one
    static constexpr int jitter_part = 50;           // and no more than this part of the window

    explicit QuotaWindow(Random& random) : random_(random) {}

    // What the answer to a call told that went at `started`; nullopt: nothing, so that nothing limits us unless a
    // window is under way.
    void told(const std::optional<QuotaReading>& reading, Instant started, Instant now);

    enum class Hold { none, flight, spread }; // what keeps the next call from going
    struct Turn {
        Instant at; // now: the next call may go; else when to ask again, unless there is news before
        Hold hold = Hold::none;
    };
    Turn next(Instant now) const;
    void went(Instant now);      // a call is sent; `now` never goes back
    void ended(Instant started); // the call that went then is over, with or without an answer

    WallTime name() const { return name_; } // of the window: its end by the server's clock
    std::uint64_t limit() const { return limit_; }
    std::uint64_t left(Instant now) const { return calls_left(flying(now)); } // calls, when those in flight are through
    Duration until_reset(Instant now) const { return now < reset_ ? reset_ - now : Duration{0}; }

  private:
    enum class Known { nothing, no_quota, window };

    Instant release() const { return reset_ + jitter_; }
    bool live(Instant now) const { return known_ == Known::window && now < release(); }
    bool is_same(const QuotaReading& reading, Instant now) const;
    Instant end_of(const QuotaReading& reading, Instant now) const;
    void begin(const QuotaReading& reading, Instant now);
    void go_on(const QuotaReading& reading, Instant now);
    std::size_t flying(Instant now) const;
    std::uint64_t calls_left(std::size_t flying) const { return remaining_ > flying ? remaining_ - flying : 0; }
    bool at_full_speed(std::uint64_t left, Instant now) const;
    Instant unused_at(std::uint64_t left) const;
    Instant spread_at(std::uint64_t left) const;
    Instant landing(Instant now) const;

    Random& random_;
    QuotaShare share_;
    std::vector<Instant> flights_; // when they went, ascending
    Duration longest_{};           // window seen
    Duration late_{};              // how much later than told windows end
    Known known_ = Known::nothing;
    // Of the window:
    WallTime name_{};             // its end by the server's clock
    Instant reset_{};             // its end by ours: the earliest told, as each Date is up to a second old
    Duration jitter_{};           // to be waited after it
    std::uint64_t limit_ = 0;     // calls
    std::uint64_t remaining_ = 0; // of them: the lowest told
    std::uint64_t fast_ = 0;      // calls of ours at full speed
    bool spreading_ = false;      // as our last call was not
    Instant last_{};              // call of ours, or the beginning
};

} // namespace ferry
