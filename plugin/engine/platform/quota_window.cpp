#include "platform/quota_window.hpp"

#include <algorithm>
#include <cmath>

namespace ferry {
namespace {

// With 1 shares would stay for ever as chance has made them; with less, processes drift towards equal shares, but all
// of them together are faster in the beginning than in the end (8 processes by 8^0.15 = 1.4). At 0.5 eight processes
// get too close to the end of small windows.
constexpr double inertia = 0.85;
// Shares are measured over half a window; over fewer calls they would be chance.
constexpr std::uint64_t least_span = 64;

Duration duration_of(double count) {
    return Duration{static_cast<Duration::rep>(count)};
}

} // namespace

void QuotaShare::used(double calls, double span) {
    all_ += std::min(calls, most_sharers * answers_);
    own_ += answers_;
    answers_ = 0;
    if (all_ > span) {
        own_ *= span / all_;
        all_ = span;
    }
}

// Whether an answer is about the window that we know. Servers that reckon with seconds left round the same reset in two
// ways.
bool QuotaWindow::is_same(const QuotaReading& reading, Instant now) const {
    const auto apart = reading.reset - name_;
    return known_ == Known::window && apart >= -grain && apart <= (live(now) ? grain : Duration{0});
}

Instant QuotaWindow::end_of(const QuotaReading& reading, Instant now) const {
    return now + std::max(reading.reset - reading.sent + late_, Duration{0});
}

void QuotaWindow::told(const std::optional<QuotaReading>& reading, Instant started, Instant now) {
    if (!reading) {
        known_ = live(now) ? known_ : Known::no_quota;
    } else if (!is_same(*reading, now)) {
        if (!live(now) || reading->reset > name_) // else it is a late answer of the window before
            begin(*reading, now);
    } else if (live(now)) {
        go_on(*reading, now);
    } else if (started >= reset_) { // else it is a late answer of a window that is over
        // The server rounds its resets down, or has more clocks than one.
        late_ = std::min(started - (reset_ - late_) + grain, QuotaReading::latest_end);
        begin(*reading, now);
    }
}

void QuotaWindow::begin(const QuotaReading& reading, Instant now) {
    known_ = Known::window;
    name_ = reading.reset;
    reset_ = end_of(reading, now);
    longest_ = std::max(longest_, reset_ - now);
    jitter_ =
        duration_of(static_cast<double>(std::min(longest_jitter, longest_ / jitter_part).count()) * random_.next());
    limit_ = std::max({reading.limit, reading.remaining, reading.limit == 0 ? limit_ : 0});
    remaining_ = reading.remaining;
    fast_ = 0;
    spreading_ = false;
    last_ = now;
    share_.forget();
}

void QuotaWindow::go_on(const QuotaReading& reading, Instant now) {
    reset_ = std::min(reset_, end_of(reading, now));
    share_.answered();
    if (reading.remaining >= remaining_)
        return;
    const std::uint64_t used = remaining_ - reading.remaining;
    remaining_ = reading.remaining;
    if (!spreading_)
        share_.forget();
    else
        share_.used(static_cast<double>(used), static_cast<double>(std::max(limit_ / 2, least_span)));
}

// More than half is left, and we have not yet had our share of the other half.
bool QuotaWindow::at_full_speed(std::uint64_t left, Instant now) const {
    if (left <= limit_ / 2)
        return false;
    const double ours = share_.value() * static_cast<double>(limit_) / 2;
    return static_cast<double>(fast_) < std::max(ours, static_cast<double>(fresh_flight)) || now >= unused_at(left);
}

// When so many calls are more than an even use of the whole window would have left: others do not use their shares now,
// whatever they did before.
Instant QuotaWindow::unused_at(std::uint64_t left) const {
    const double part = static_cast<double>(left) / static_cast<double>(limit_);
    return reset_ - duration_of(part * static_cast<double>(longest_.count()));
}

Instant QuotaWindow::spread_at(std::uint64_t left) const {
    const std::uint64_t reserve = std::min(std::max(limit_ / reserve_part, least_reserve), limit_ / most_reserve_part);
    if (left <= reserve || last_ >= reset_)
        return release();
    const double calls = static_cast<double>(left - reserve) * std::pow(share_.value(), inertia);
    const auto time = static_cast<double>((reset_ - last_).count());
    const double gap = time / calls;
    // A call for which no time is left is the next window's.
    const Instant at = gap < time ? last_ + duration_of(gap) : release();
    return left > limit_ / 2 ? std::min(at, unused_at(left)) : at;
}

std::size_t QuotaWindow::flying(Instant now) const {
    const auto young = std::upper_bound(flights_.begin(), flights_.end(), now - flight_time);
    return static_cast<std::size_t>(flights_.end() - young);
}

QuotaWindow::Turn QuotaWindow::next(Instant now) const {
    const std::size_t flights = flying(now);
    const Turn go{now, Hold::none};
    if (!live(now)) {
        const bool full = known_ != Known::no_quota && flights >= fresh_flight;
        return full ? Turn{landing(now), Hold::flight} : go;
    }
    if (now >= reset_)
        return {release(), Hold::spread};
    const std::uint64_t calls = calls_left(flights);
    if (const Instant at = at_full_speed(calls, now) ? now : spread_at(calls); at > now)
        return {at, Hold::spread};
    const bool full = flights >= std::max<std::uint64_t>(calls / flight_part, 1);
    return full ? Turn{std::min(landing(now), release()), Hold::flight} : go;
}

// When the oldest call in flight stops to count.
Instant QuotaWindow::landing(Instant now) const {
    return *std::upper_bound(flights_.begin(), flights_.end(), now - flight_time) + flight_time;
}

void QuotaWindow::went(Instant now) {
    spreading_ = !(live(now) && at_full_speed(left(now), now));
    fast_ += spreading_ ? 0 : 1;
    last_ = now;
    flights_.push_back(now);
}

void QuotaWindow::ended(Instant started) {
    const auto found = std::lower_bound(flights_.begin(), flights_.end(), started);
    if (found != flights_.end() && *found == started)
        flights_.erase(found);
}

} // namespace ferry
