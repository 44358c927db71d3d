#include "document/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <span>

namespace ferry {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array size_units{Unit{"TiB", 1ull << 40u},
                                Unit{"GiB", 1ull << 30u},
                                Unit{"MiB", 1ull << 20u},
                                Unit{"KiB", 1ull << 10u},
                                Unit{"B", 1},
                                Unit{"", 1}};
constexpr std::array duration_units{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                                    Unit{"", 1000}};

// A plain decimal number, not negative, with an optional fraction, then at most one blank and a unit.
std::optional<std::uint64_t> parse_with_units(std::string_view text, std::span<const Unit> units, std::uint64_t limit) {
    const std::size_t digits = text.find_first_not_of("0123456789.");
    const std::string_view number = text.substr(0, digits);
    std::string_view unit = digits == std::string_view::npos ? std::string_view{} : text.substr(digits);
    if (unit.starts_with(' ') && unit.size() > 1)
        unit.remove_prefix(1);
    if (number.empty() || number.front() == '.' || number.back() == '.')
        return std::nullopt;
    for (const auto& [name, factor] : units) {
        if (name != unit)
            continue;
        const char* end = number.data() + number.size();
        std::uint64_t whole = 0;
        if (auto [rest, error] = std::from_chars(number.data(), end, whole); error == std::errc{} && rest == end) {
            if (whole > limit / factor)
                return std::nullopt;
            return whole * factor;
        }
        double value = 0;
        if (auto [rest, error] = std::from_chars(number.data(), end, value); error != std::errc{} || rest != end)
            return std::nullopt;
        value = std::round(value * static_cast<double>(factor));
        if (!(value < static_cast<double>(limit)))
            return std::nullopt;
        return static_cast<std::uint64_t>(value);
    }
    return std::nullopt;
}

template <class... Values> std::string formatted(const char* format, Values... values) {
    char text[64];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

} // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse_with_units(text, size_units, INT64_MAX);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    constexpr std::uint64_t ten_years = 315'360'000'000;
    const auto time = parse_with_units(text, duration_units, ten_years);
    if (!time)
        return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(*time));
}

std::string format_size(std::uint64_t bytes) {
    for (const auto& [name, factor] : size_units)
        if (factor > 1 && bytes >= factor)
            return formatted("%.2f %.*s", static_cast<double>(bytes) / static_cast<double>(factor),
                             static_cast<int>(name.size()), name.data());
    return std::to_string(bytes) + " B";
}

std::string format_duration(std::chrono::milliseconds time) {
    const auto count = static_cast<long long>(time.count());
    if (count < 1000)
        return formatted("%lld ms", count);
    if (count < 60'000)
        return formatted("%.1f s", static_cast<double>(count) / 1000.0);
    const long long minutes = count / 60'000;
    if (minutes < 60)
        return formatted("%lld min %02lld s", minutes, count / 1000 % 60);
    return formatted("%lld h %02lld min", minutes / 60, minutes % 60);
}

std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0)
            text += ',';
        text += digits[i];
    }
    return text;
}

std::string count_of(std::uint64_t number, const char* noun) {
    return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

} // namespace ferry
