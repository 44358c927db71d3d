// The two text formats that the schemas share, sizes and durations, and numbers for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

// "64MiB", "5368709120", "1.5GiB", "10 KiB": a number with B, KiB, MiB, GiB or TiB. nullopt if it is no size or does
// not fit 63 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "5m", "6h", "1.5s", "200ms", "30": a number with ms, s, m or h; seconds without. nullopt if it is none or above
// 10 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

std::string format_size(std::uint64_t bytes);                 // "1.25 GiB"
std::string format_duration(std::chrono::milliseconds time);  // "2 h 05 min", "12.3 s"
std::string grouped(std::uint64_t number);                    // "1,234,567"
std::string count_of(std::uint64_t number, const char* noun); // "1 part", "2 parts"

} // namespace ferry
