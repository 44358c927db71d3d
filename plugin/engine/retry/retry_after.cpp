#include "retry/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace ferry {
namespace {

constexpr std::int64_t longest_seconds = 10LL * 365 * 86'400; // more is nonsense, and would overflow later sums

// The whole text as a number of decimal digits.
std::optional<std::int64_t> digits(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || text.front() == '-' || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<unsigned> month_of(std::string_view name) {
    static constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        return std::nullopt;
    return static_cast<unsigned>(found - names.begin()) + 1;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

} // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
    text = trimmed(text);
    // "Sun, 06 Nov 1994 08:49:37 GMT": fixed columns
    if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
        text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT")
        return std::nullopt;
    const auto day = digits(text.substr(5, 2));
    const auto month = month_of(text.substr(8, 3));
    const auto year = digits(text.substr(12, 4));
    const auto hour = digits(text.substr(17, 2));
    const auto minute = digits(text.substr(20, 2));
    const auto second = digits(text.substr(23, 2));
    if (!day || !month || !year || !hour || !minute || !second)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *year < 1970 || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    return WallTime(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                    std::chrono::minutes(*minute) + std::chrono::seconds(*second));
}

WallTime server_time(const HttpResponse& response, WallTime wall) {
    const auto header = response.headers.find("Date");
    const auto date = header ? parse_http_date(*header) : std::nullopt;
    return date.value_or(wall);
}

std::optional<Duration> retry_after(const HttpResponse& response, WallTime wall) {
    const auto header = response.headers.find("Retry-After");
    if (!header)
        return std::nullopt;
    if (const auto seconds = digits(trimmed(*header)))
        return std::chrono::seconds(std::min(*seconds, longest_seconds));
    const auto date = parse_http_date(*header);
    if (!date)
        return std::nullopt;
    return std::max(Duration{0}, *date - server_time(response, wall));
}

} // namespace ferry
