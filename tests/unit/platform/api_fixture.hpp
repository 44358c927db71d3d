// A PlatformApi on a scripted network.
#pragma once

#include "fake_clock.hpp"
#include "platform/platform_api.hpp"
#include "platform/quota_gate.hpp"
#include "recording_log.hpp"
#include "scripted_transport.hpp"

#include <string>

namespace ferry::test {

inline constexpr const char* secret_token = "0123456789abcdef0123456789abcdef";

struct ApiFixture {
    FakeClock clock;
    FixedRandom random{0.5};
    RecordingLog log;
    QuotaGate quota{clock, random};
    LineGate line{clock, log, "the platform", 2};
    CancelToken cancel;
    Script script;
    ScriptedTransport transport{script};
    ApiContext context{.base = {.scheme = "https", .host = "api.example", .port = 443, .target = "/v2"},
                       .token = Secret(secret_token),
                       .token_source = "the variable SB_AUTH_TOKEN",
                       .retry = {.attempts = 4},
                       .timeouts = {},
                       .clock = clock,
                       .random = random,
                       .log = log,
                       .quota = quota,
                       .line = line};
    PlatformApi api{context, transport, cancel};

    static InitRequest request(bool overwrite = false) {
        return {.target = {.project = "me/proj", .parent = {}},
                .name = "x.bam",
                .size = 100,
                .part_size = 0,
                .overwrite = overwrite};
    }
};

// A platform's error body.
inline std::string error_body(int status, int code, const std::string& message) {
    return R"({"status":)" + std::to_string(status) + R"(,"code":)" + std::to_string(code) + R"(,"message":")" +
           message + R"(","more_info":"http://docs"})";
}

inline HttpOutcome refusal(int status, int code, const std::string& message = "why") {
    return answer(status, error_body(status, code, message));
}

} // namespace ferry::test
