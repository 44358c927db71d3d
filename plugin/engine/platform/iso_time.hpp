// The platform's times: ISO 8601 texts, and integers that are seconds on some pages and milliseconds on others.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace ferry {

// "2016-02-27T15:55:38Z", with or without a fraction, or with an offset such as +02:00.
std::optional<WallTime> parse_iso_time(std::string_view text);

// Seconds since 1970, or milliseconds if above 10^11 (contract 2 and 4.3). nullopt if negative or after the year 9999.
std::optional<WallTime> from_epoch(std::int64_t value);

} // namespace ferry
