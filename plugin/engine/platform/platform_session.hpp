// One thread's way to the platform's API, for tasks that send no parts.
#pragma once

#include "base/cancel.hpp"
#include "platform/platform_options.hpp"

#include <cstdint>
#include <memory>

namespace ferry {

// What such a task needs from outside. Everything outlives the session.
struct PlatformEnvironment {
    TransportFactory& transports;
    QuotaGate& quota; // of this endpoint and token
    Clock& clock;
    Random& random;
    Log& log;
};

class PlatformSession {
  public:
    PlatformSession(const PlatformOptions& options, const PlatformEnvironment& environment, CancelToken& cancel)
        : line_(environment.clock, environment.log, "the platform", 1)
        , context_{.base = options.endpoint,
                   .token = options.token,
                   .token_source = options.token_source,
                   .retry = options.retry,
                   .timeouts = options.timeouts,
                   .complete_timeout = options.complete_timeout,
                   .clock = environment.clock,
                   .random = environment.random,
                   .log = environment.log,
                   .quota = environment.quota,
                   .line = line_}
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
