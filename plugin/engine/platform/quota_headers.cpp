#include "platform/quota_headers.hpp"

#include "platform/iso_time.hpp"
#include "retry/retry_after.hpp"

#include <charconv>
#include <string_view>

namespace ferry {
namespace {

// 2^63 - 1 is how the platform writes "no limit" (contract 2); half of that leaves room for other ways.
constexpr std::int64_t no_limit = std::int64_t{1} << 62;
constexpr Duration grain{2'000}; // a reset up to a second too late, and a Date up to a second too early

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

// A count of calls; nullopt where it is none.
std::optional<std::uint64_t> calls(std::string_view text) {
    const auto value = number(text);
    if (!value || *value > no_limit)
        return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

} // namespace

std::optional<WallTime> read_reset(const HttpResponse& response) {
    const auto header = response.headers.find("X-RateLimit-Reset");
    const auto value = header ? number(*header) : std::nullopt;
    return value ? from_epoch(*value) : std::nullopt;
}

std::optional<QuotaReading> read_quota(const HttpResponse& response, WallTime wall, Duration latest) {
    const auto remaining_text = response.headers.find("X-RateLimit-Remaining");
    const auto remaining = remaining_text ? calls(*remaining_text) : std::nullopt;
    const auto reset = read_reset(response);
    if (!remaining || !reset)
        return std::nullopt;
    QuotaReading reading{.limit = 0, .remaining = *remaining, .reset = *reset, .sent = server_time(response, wall)};
    if (reading.reset < reading.sent - QuotaReading::latest_end || reading.reset > reading.sent + latest + grain)
        return std::nullopt;
    if (const auto limit_text = response.headers.find("X-RateLimit-Limit")) {
        reading.limit = calls(*limit_text).value_or(0);
        if (reading.limit == 0)
            return std::nullopt;
    }
    return reading;
}

} // namespace ferry
