// May it be tried again, how often, and how long to wait: three questions, answered apart from the trying.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "retry/classify.hpp"

#include <condition_variable>
#include <mutex>
#include <string>

namespace ferry {

struct RetrySettings {
    int attempts = 8;                 // tries that met a server
    Duration max_elapsed{21'600'000}; // since the first failure; ends it always
    Duration base{500};               // backoff: uniform in [0, min(cap, base * 2^n))
    Duration cap{30'000};
};

// Shared by all slots of a step: tells a dead line from a single bad try. When new connections fail on all slots for
// several tries in a row, everything pauses and one caller probes every 30 s until a server is met again. Thread-safe.
class LineGate {
  public:
    LineGate(Clock& clock, Log& log, int slots) : clock_(clock), log_(log), slots_(slots) {}

    static constexpr int tries_per_slot = 3;
    static constexpr Duration probe_interval{30'000};

    // Blocks while the line is dead, unless this caller is the one to probe now. False if cancelled or if `until`
    // passes first.
    bool enter(Instant until, CancelToken& cancel);
    void met_server();    // any answer, or a reset after the connection stood
    void no_connection(); // a try that met no server
    bool dead() const;

  private:
    Clock& clock_;
    Log& log_;
    const int slots_;
    mutable std::mutex mutex_;
    int failures_ = 0; // in a row, over all slots
    bool dead_ = false;
    Instant dead_since_{};
    Instant next_probe_{};
};

// The state of one operation's retries; not shared.
class RetryState {
  public:
    RetryState(const RetrySettings& settings, Clock& clock, Random& random)
        : settings_(settings)
        , clock_(clock)
        , random_(random) {}

    // Notes a failed try and answers the time to wait before the next; nullopt: give up (see reason()).
    // `told` is the server's own wish (Retry-After), honoured where longer, up to 10 minutes.
    std::optional<Duration> failed(Verdict verdict, std::optional<Duration> told);
    // Waiting that counts neither as attempt nor as elapsed time (quota, maintenance).
    void excuse(Duration time) { excused_ += time; }
    Instant give_up_at() const; // end of max_elapsed; Instant::max() before the first failure
    int attempts() const { return attempts_; }
    const std::string& reason() const { return reason_; } // "8 tries", "6 h without success"

  private:
    const RetrySettings& settings_;
    Clock& clock_;
    Random& random_;
    int attempts_ = 0; // tries that met a server and failed
    int streak_ = 0;   // exponent of the backoff
    std::optional<Instant> first_failure_;
    Duration excused_{0};
    std::string reason_;
};

} // namespace ferry
