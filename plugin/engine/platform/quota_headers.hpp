// What an answer of the API tells about the token's quota (contract 2).
#pragma once

#include "base/clock.hpp"
#include "http/http_transport.hpp"

#include <cstdint>
#include <optional>

namespace ferry {

struct QuotaReading {
    // Resets are whole seconds, and may come from another clock than the Date: a window may end later than it says.
    static constexpr Duration latest_end{5'000};

    std::uint64_t limit = 0;     // calls of a window; 0: not told
    std::uint64_t remaining = 0; // of them, when the answer was made
    WallTime reset{};            // end of the window, by the server's clock; up to latest_end before `sent`
    WallTime sent{};             // the server's time when it answered
};

// X-RateLimit-Reset, in seconds or milliseconds; nullopt where it is absent or unreadable.
std::optional<WallTime> read_reset(const HttpResponse& response);

// The three headers together. nullopt where they are absent or cannot be a quota's: not a number, negative, a limit of
// 0, so many calls that it means "no limit", a window that is long over, or lasts for more than `latest` from now.
// `wall`: the machine's clock, for answers without a Date.
std::optional<QuotaReading> read_quota(const HttpResponse& response, WallTime wall, Duration latest);

} // namespace ferry
