// Keeps the calls of a process within the token's quota, and makes one pause for all where the platform refuses calls
// because it is used up, or is under maintenance (contract 2 and 10).
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/rare_line.hpp"
#include "base/secret.hpp"
#include "http/http_transport.hpp"
#include "platform/quota_window.hpp"
#include "retry/classify.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ferry {

class QuotaGate;

// How much a process may call just now.
struct QuotaLevel {
    std::uint64_t left = 0;   // calls, until the reset
    std::uint64_t limit = 0;  // 0: not known, or none
    Duration pause{0};        // all calls wait for so long yet
    bool maintenance = false; // and that is why; else the quota
};

// One call that may go now; it is in flight until the permit ends, whatever comes of it. The gate outlives it.
class QuotaPermit {
  public:
    QuotaPermit(QuotaPermit&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr))
        , started_(other.started_)
        , waited_(other.waited_) {}
    QuotaPermit& operator=(QuotaPermit&&) = delete;
    ~QuotaPermit();

    Instant started() const { return started_; }
    Duration waited() const { return waited_; } // for it

  private:
    friend class QuotaGate;
    QuotaPermit(QuotaGate& gate, Instant started) : gate_(&gate), started_(started) {}

    QuotaGate* gate_;
    Instant started_;
    Duration waited_{0};
};

// Shared by all slots and steps of the process that use one endpoint and token. Thread-safe. The log is the caller's,
// because the gate outlives the steps.
class QuotaGate {
  public:
    static constexpr Duration first_pause{30'000}; // where the answer names no time; doubled up to longest_pause
    static constexpr Duration longest_pause{300'000};
    static constexpr Duration latest_reset{3'600'000}; // no answer may stop us for longer, but for seconds

    QuotaGate(Clock& clock, Random& random) : clock_(clock), random_(random), window_(random) {}

    // Blocks until a call may go; nullopt if cancelled.
    std::optional<QuotaPermit> before_call(CancelToken& cancel, Log& log);
    // The same without blocking: the permit, or when to try again unless an answer or the end of a call comes before.
    std::variant<QuotaPermit, Instant> try_call(Log& log);
    // Learns from the answer of the API to a call that went at `started`. A refusal starts the pause, and the one event
    // that it gets; its line of log is a rare one.
    void answered(Instant started, Verdict verdict, const HttpResponse& response, Log& log);

    QuotaLevel level();

  private:
    friend class QuotaPermit;
    std::variant<QuotaPermit, Instant> turn(CancelToken* wake, Log& log);
    void end(Instant started);
    void wake_waiters();
    void tell_spread(Instant now, Log& log);
    std::optional<Duration> pause_for(Verdict verdict, const HttpResponse& response, Instant now);
    std::optional<Duration> told_pause(Verdict verdict, const HttpResponse& response) const;
    Duration next_pause() const; // where nothing is told

    Clock& clock_;
    Random& random_;
    std::mutex mutex_;
    QuotaWindow window_;
    WallTime told_spread_{}; // the window of which it was told
    RareLine spread_line_;
    RareLine quota_line_;
    RareLine maintenance_line_;
    Instant paused_until_{};
    bool maintenance_ = false;          // is why
    int pauses_ = 0;                    // in a row without an answer in between that was no refusal
    std::vector<CancelToken*> waiters_; // cancelled to wake those who wait
};

// The gates of a process. Thread-safe; clock and random outlive it and every gate.
class QuotaRegistry {
  public:
    QuotaRegistry(Clock& clock, Random& random) : clock_(clock), random_(random) {}
    // The same gate for the same endpoint and token, kept as long as the registry.
    QuotaGate& gate(const Url& endpoint, const Secret& token);

  private:
    Clock& clock_;
    Random& random_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<QuotaGate>> gates_; // by endpoint and a hash of the token, not the token
};

} // namespace ferry
