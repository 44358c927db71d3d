// One pause for all: when the platform refuses a call because the token's quota is used up, or is under maintenance,
// every caller waits for the same moment instead of asking on its own (contract 2 and 10).
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "http/http_transport.hpp"
#include "retry/classify.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace ferry {

// Shared by all slots and steps of the process that use one endpoint and token. Thread-safe. The log is the caller's,
// because the gate outlives the steps.
class QuotaGate {
  public:
    static constexpr Duration first_pause{30'000}; // where the answer names no time; doubled up to longest_pause
    static constexpr Duration longest_pause{300'000};
    static constexpr Duration latest_reset{3'600'000}; // no answer may stop us for longer than this at once

    QuotaGate(Clock& clock, Random& random) : clock_(clock), random_(random) {}

    // Blocks while calls are paused; answers the time that this took, nullopt if cancelled.
    std::optional<Duration> before_call(CancelToken& cancel);
    // Learns from an answer of the API. A refusal starts the pause, and the one line of log that it gets.
    void answered(Verdict verdict, const HttpResponse& response, Log& log);

  private:
    std::optional<Duration> told_pause(Verdict verdict, const HttpResponse& response) const;
    Duration next_pause() const; // where nothing is told

    Clock& clock_;
    Random& random_;
    std::mutex mutex_;
    Instant paused_until_{};
    int pauses_ = 0; // in a row without an answer in between that was no refusal
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
