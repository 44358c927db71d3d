// What every task that talks to the platform is told: whom, as whom, how patiently, and where its state is kept.
#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "platform/platform_api.hpp"

#include <string>

namespace ferry {

struct PlatformOptions {
    RetrySettings retry;
    HttpTimeouts timeouts;
    Duration complete_timeout{};
    Url endpoint; // the API's base URL
    Secret token;
    std::string token_source; // for messages: where the token came from
    std::string state_dir;    // absolute; empty: nothing is kept for a later process
    bool dry_run = false;
    bool offline = false; // of a dry run: no request is made
};

// As journals have it.
inline std::string endpoint_text(const PlatformOptions& options) {
    return options.endpoint.origin() + options.endpoint.target;
}

} // namespace ferry
