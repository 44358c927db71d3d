#include "retry/retry_policy.hpp"

#include "document/units.hpp"

#include <algorithm>

namespace ferry {
namespace {

bool counts_nothing(Verdict verdict) {
    return verdict == Verdict::throttled || verdict == Verdict::maintenance;
}

bool may_be_repeated(Verdict verdict) {
    switch (verdict) {
    case Verdict::transient:
    case Verdict::throttled:
    case Verdict::maintenance:
    case Verdict::url_expired:
    case Verdict::lost:
    case Verdict::no_answer:
        return true;
    default:
        return false;
    }
}

} // namespace

std::optional<Duration> RetryState::failed(Verdict verdict, std::optional<Duration> told) {
    reason_.clear();
    if (!may_be_repeated(verdict))
        return std::nullopt;
    if (counts_nothing(verdict)) // the gate has the long wait; this keeps callers from starting again as one
        return backoff(0);
    const Instant now = clock_.now();
    if (!first_failure_)
        first_failure_ = now;
    if (verdict != Verdict::no_answer && ++attempts_ >= settings_.attempts) {
        reason_ = std::to_string(attempts_) + (attempts_ == 1 ? " try failed" : " tries failed");
        return std::nullopt;
    }
    if (now >= give_up_at()) {
        reason_ = "no success within " + format_duration(settings_.max_elapsed);
        return std::nullopt;
    }
    // An expired URL says nothing against the server, so its first replacement is asked for at once.
    const bool at_once = verdict == Verdict::url_expired && streak_ == 0;
    Duration wait = at_once ? Duration{0} : backoff(streak_);
    ++streak_;
    if (told)
        wait = std::max(wait, std::min(*told, told_max));
    return std::min(wait, give_up_at() - now); // the last try comes at the very end
}

Duration RetryState::backoff(int exponent) {
    Duration ceiling = settings_.base;
    for (int i = 0; i < exponent && ceiling < settings_.cap; ++i)
        ceiling *= 2;
    ceiling = std::min(ceiling, settings_.cap);
    return Duration{static_cast<Duration::rep>(static_cast<double>(ceiling.count()) * random_.next())};
}

void RetryState::excuse(Duration time) {
    if (first_failure_)
        *first_failure_ += time;
}

Instant RetryState::give_up_at() const {
    return first_failure_.value_or(clock_.now()) + settings_.max_elapsed;
}

} // namespace ferry
