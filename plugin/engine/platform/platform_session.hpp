// The way to the platform's API: what it is made of, and one thread's own for tasks that send no parts.
#pragma once

#include "base/cancel.hpp"
#include "platform/platform_options.hpp"

#include <cstdint>
#include <memory>

namespace ferry {

// What a task needs from outside. Everything outlives the task.
struct PlatformEnvironment {
    TransportFactory& transports;
    QuotaGate& quota; // of this endpoint and token
    Clock& clock;
    Random& random;
    Log& log;
};

// What the slots or tasks of one step share. `line` leads to the API.
inline ApiContext make_api_context(const PlatformOptions& options, const PlatformEnvironment& environment,
                                   LineGate& line) {
    return {.base = options.endpoint,
            .token = options.token,
            .token_source = options.token_source,
            .retry = options.retry,
            .timeouts = options.timeouts,
            .complete_timeout = options.complete_timeout,
            .clock = environment.clock,
            .random = environment.random,
            .log = environment.log,
            .quota = environment.quota,
            .line = line};
}

class PlatformSession {
  public:
    PlatformSession(const PlatformOptions& options, const PlatformEnvironment& environment, CancelToken& cancel)
        : line_(environment.clock, environment.log, "the platform", 1)
        , context_(make_api_context(options, environment, line_))
        , transport_(environment.transports.make())
        , api_(context_, *transport_, cancel) {}

    PlatformApi& api() { return api_; }
    std::uint64_t calls() const { return context_.calls.load(); }
    bool line_dead() const { return line_.dead(); }

  private:
    LineGate line_;
    ApiContext context_;
    std::unique_ptr<HttpTransport> transport_;
    PlatformApi api_;
};

} // namespace ferry
