// Short texts with a form of their own: URLs, times, sizes and durations, file name patterns, text for people. The
// input is one text, given to each.
#include "fuzz.hpp"

#include "document/glob.hpp"
#include "document/units.hpp"
#include "http/url.hpp"
#include "platform/iso_time.hpp"
#include "retry/retry_after.hpp"

#include <algorithm>
#include <array>

using namespace ferry;

namespace {

void check_url(std::string_view text) {
    const auto url = Url::parse(text);
    if (!url.ok()) {
        fuzz::require_plain(url.error().message, "an error's message is plain");
        return;
    }
    fuzz::require(url->port != 0 && url->target.starts_with('/') && !url->host.empty(), "a URL is complete");
    fuzz::require(text.ends_with(url->target) ||
                      url->target.substr(1) == text.substr(text.size() + 1 - url->target.size()),
                  "the target is the text's, byte for byte");
    fuzz::require(fuzz::is_word(url->origin()) && fuzz::is_word(url->host_header()), "an origin can be printed");
    const auto again = Url::parse(url->origin() + url->target);
    fuzz::require(again.ok() && again->scheme == url->scheme && again->host == url->host && again->port == url->port &&
                      again->target == url->target,
                  "a URL reads back as the same");
    fuzz::require(again->loopback() == url->loopback(), "loopback is loopback");
}

struct Civil {
    int year;
    unsigned month, day;
    long hour, minute, second, milliseconds;
};

Civil civil(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return {static_cast<int>(date.year()),     static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()), clock.hours().count(),
            clock.minutes().count(),           clock.seconds().count(),
            clock.subseconds().count()};
}

template <class... Values> std::string formatted(const char* format, Values... values) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, values...);
    return text.data();
}

void check_times(std::string_view text) {
    if (const auto time = parse_iso_time(text)) {
        const Civil c = civil(*time);
        fuzz::require(c.year >= -1 && c.year <= 10'000, "a time is in four digits of years");
        if (c.year >= 1970 && c.year <= 9999)
            fuzz::require(parse_iso_time(formatted("%04d-%02u-%02uT%02ld:%02ld:%02ld.%03ldZ", c.year, c.month, c.day,
                                                   c.hour, c.minute, c.second, c.milliseconds)) == time,
                          "a time reads back as the same");
    }
    if (const auto time = parse_http_date(text)) {
        constexpr std::array names{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const Civil c = civil(*time);
        fuzz::require(c.year >= 1970, "a date is of this epoch");
        if (c.year <= 9999)
            fuzz::require(parse_http_date(formatted("Mon, %02u %s %04d %02ld:%02ld:%02ld GMT", c.day,
                                                    names.at(c.month - 1), c.year, c.hour, c.minute, c.second)) == time,
                          "a date reads back as the same");
    }
}

void check_units(std::string_view text) {
    if (const auto size = parse_size(text)) {
        fuzz::require(*size <= INT64_MAX, "a size fits 63 bits");
        fuzz::require(parse_size(std::to_string(*size)) == size, "a size reads back as the same");
        fuzz::require_plain(format_size(*size), "a size is plain");
    }
    if (const auto time = parse_duration(text)) {
        fuzz::require(time->count() >= 0 && *time <= std::chrono::hours(24 * 3650), "a duration is at most ten years");
        fuzz::require(parse_duration(std::to_string(time->count()) + "ms") == time,
                      "a duration reads back as the same");
        fuzz::require_plain(format_duration(*time), "a duration is plain");
    }
}

void check_patterns(std::string_view text) {
    const std::string literal = as_literal(text);
    fuzz::require(!is_glob(literal), "what is taken literally is no pattern");
    fuzz::require(literal_of(literal) == text, "what is taken literally stands for itself");
    if (text.find('/') == std::string_view::npos)
        fuzz::require(matches_name(literal, text), "what is taken literally matches itself");
    if (!is_glob(text) && literal_of(text) == text && text.find('/') == std::string_view::npos)
        fuzz::require(matches_name(text, text), "a name without wildcards matches itself");
    // The first half as a pattern, the second as a name.
    matches_name(text.substr(0, text.size() / 2), text.substr(text.size() / 2));
}

void check_shown(std::string_view text) {
    for (const std::size_t limit : {std::size_t{3}, std::size_t{16}, std::size_t{1024}}) {
        const std::string shown = printable(text, limit);
        fuzz::require(shown.size() <= limit && is_utf8(shown), "what is shown is short, and text");
        fuzz::require_plain(shown, "what is shown is plain");
    }
    const std::array<std::string, 3> known{"files", "project", "parallel_parts"};
    const std::string near = nearest(text, known);
    fuzz::require(near.empty() || std::find(known.begin(), known.end(), near) != known.end(), "what is near is known");
    const std::string encoded = percent_encode(text);
    fuzz::require(fuzz::is_word(encoded) && encoded.find_first_of("/?#&=+") == std::string::npos,
                  "what is encoded is one segment");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::view(data, size);
    check_url(text);
    check_times(text);
    check_units(text);
    check_patterns(text);
    check_shown(text);
    return 0;
}
