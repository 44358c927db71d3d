// May it be tried again, how often, and how long to wait: three questions, answered apart from the trying.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "retry/classify.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

struct RetrySettings {
    int attempts = 8;                 // tries that met a server
    Duration max_elapsed{21'600'000}; // since the first failure; ends it always
    Duration base{500};               // backoff: uniform in [0, min(cap, base * 2^n))
    Duration cap{30'000};
};

// Shared by all slots of a step, one for each peer: tells a dead line from a single bad try. When new connections fail
// on all slots for several tries in a row, or for a minute on the few that are busy, everything pauses and one caller
// probes every 30 s until a server is met again. Thread-safe.
class LineGate {
  public:
    // `peer`: whom the line leads to, for the log.
    LineGate(Clock& clock, Log& log, std::string peer, int slots)
        : clock_(clock)
        , log_(log)
        , peer_(std::move(peer))
        , slots_(slots) {}

    static constexpr int tries_per_slot = 3;
    static constexpr Duration few_slots_time{60'000}; // this long and tries_per_slot in all are enough, too
    static constexpr Duration probe_interval{30'000};

    // To be called once per attempt, before its first request. Blocks while the line is dead, unless this caller is the
    // one to probe now. False if cancelled or if `until` passes first.
    bool enter(Instant until, CancelToken& cancel);
    void met_server();                             // any answer, or a reset after the connection stood
    void no_connection(const std::string& reason); // a try that met no server; the reason is for people
    void note(const HttpOutcome& outcome);         // whichever of the two it shows
    bool dead() const;
    Duration next_try_in() const;    // of somebody, while the line is dead; else 0
    std::string last_reason() const; // of the last no_connection(); empty if there was none

  private:
    enum class Turn { go, wait, late };
    Turn turn(Instant now, Instant until, CancelToken& wake);
    Instant next_probe() const;

    Clock& clock_;
    Log& log_;
    const std::string peer_;
    const int slots_;
    mutable std::mutex mutex_;
    int failures_ = 0;        // in a row, over all slots
    Instant first_failure_{}; // of them
    bool dead_ = false;
    bool told_ = false; // that it is dead
    bool met_ = false;  // a server, ever
    std::string reason_;
    Instant next_probe_{};
    std::vector<CancelToken*> waiters_; // cancelled to wake those who wait for the line
};

// The state of one operation's retries; not shared.
class RetryState {
  public:
    RetryState(const RetrySettings& settings, Clock& clock, Random& random)
        : settings_(settings)
        , clock_(clock)
        , random_(random) {}

    static constexpr Duration told_max{600'000};

    // Notes a failed try and answers the time to wait before the next; nullopt: give up (see reason()).
    // `told` is the server's own wish (retry_after()), honoured where longer, up to 10 minutes. Throttled and
    // maintenance count neither as attempt nor as failure: the QuotaGate makes the wait.
    std::optional<Duration> failed(Verdict verdict, std::optional<Duration> told);
    // Waiting that does not count as elapsed time: PlatformApi::paused(), for quota and maintenance.
    void excuse(Duration time);
    Instant give_up_at() const; // end of max_elapsed, as of now while nothing has failed
    int attempts() const { return attempts_; }
    // Why failed() gave up: "8 tries failed", "no success within 6 h"; empty for what cannot be repeated at all.
    const std::string& reason() const { return reason_; }

  private:
    Duration backoff(int exponent);

    const RetrySettings& settings_;
    Clock& clock_;
    Random& random_;
    int attempts_ = 0;                     // tries that met a server and failed
    int streak_ = 0;                       // exponent of the backoff
    std::optional<Instant> first_failure_; // moved on by what is excused
    std::string reason_;
};

} // namespace ferry
