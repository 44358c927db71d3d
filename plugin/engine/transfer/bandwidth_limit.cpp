#include "transfer/bandwidth_limit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ferry {

namespace {

constexpr double pieces_per_second = 50;
constexpr double least_piece = 512;
constexpr double late_ms = 50; // timers wake late: this much may be made up for

std::size_t piece_of(std::optional<std::uint64_t> bytes_per_second) {
    if (!bytes_per_second)
        return std::numeric_limits<std::size_t>::max();
    return static_cast<std::size_t>(std::max(least_piece, static_cast<double>(*bytes_per_second) / pieces_per_second));
}

} // namespace

BandwidthLimit::BandwidthLimit(Clock& clock, std::optional<std::uint64_t> bytes_per_second)
    : clock_(clock)
    , bytes_per_ms_(static_cast<double>(bytes_per_second.value_or(0)) / 1000)
    , piece_(piece_of(bytes_per_second))
    , start_(clock.now()) {}

bool BandwidthLimit::take(std::size_t bytes, CancelToken& cancel) {
    if (!limits())
        return true;
    double from = 0;
    {
        std::lock_guard lock(mutex_);
        const auto now = static_cast<double>((clock_.now() - start_).count());
        from = std::max(next_ms_, now - late_ms);
        next_ms_ = from + static_cast<double>(bytes) / bytes_per_ms_;
        if (from <= now)
            return true;
    }
    return clock_.wait_until(start_ + Duration{static_cast<Duration::rep>(std::ceil(from))}, cancel);
}

} // namespace ferry
