#include "base/job_event.hpp"
#include "document/units.hpp"
#include "retry/retry_policy.hpp"

#include <algorithm>
#include <string>

namespace ferry {

namespace {

std::string how_long(Instant now, Instant until, Duration interval) {
    const std::string probes = "one try every " + format_duration(interval);
    if (until == Instant::max())
        return probes;
    const std::string left = format_duration(until - now);
    return until - now <= interval ? "and is given up in " + left : probes + " for at most " + left;
}

std::string with_advice(const HttpFailure& failure) {
    return failure.advice.empty() ? failure.message : failure.message + "; " + failure.advice;
}

} // namespace

LineGate::Turn LineGate::turn(Instant now, Instant until, CancelToken& wake) {
    std::lock_guard lock(mutex_);
    if (!dead_)
        return Turn::go;
    if (now >= until)
        return Turn::late;
    if (!told_) {
        told_ = true;
        log_.warn(peer_ + " could not be reached for " + format_duration(now - first_failure_) + " (" + reason_ +
                  "): everything pauses, " + how_long(now, until, probe_interval));
        log_.event(EventFields().text("peer", peer_).text("reason", reason_).event("waiting_for_line"));
    }
    if (now >= next_probe_) {
        next_probe_ = now + probe_interval;
        log_.debug(peer_ + " could still not be reached after " + format_duration(now - first_failure_) +
                   ": trying once");
        return Turn::go;
    }
    waiters_.push_back(&wake);
    return Turn::wait;
}

bool LineGate::enter(Instant until, CancelToken& cancel) {
    for (;;) {
        if (cancel.cancelled())
            return false;
        CancelToken wake; // by the line's return or by the caller's own cancel
        switch (turn(clock_.now(), until, wake)) {
        case Turn::go:
            return true;
        case Turn::late:
            return false;
        case Turn::wait:
            break;
        }
        {
            const CancelToken::Registration relay(cancel, [&wake] { wake.cancel(); });
            clock_.wait_until(std::min(until, next_probe()), wake);
        }
        std::lock_guard lock(mutex_);
        std::erase(waiters_, &wake);
    }
}

Instant LineGate::next_probe() const {
    std::lock_guard lock(mutex_);
    return next_probe_;
}

void LineGate::met_server() {
    std::lock_guard lock(mutex_);
    failures_ = 0;
    met_ = true;
    if (!dead_)
        return;
    dead_ = false;
    if (told_) {
        const Duration away = clock_.now() - first_failure_;
        log_.info(peer_ + " is back after " + format_duration(away));
        log_.event(EventFields().text("peer", peer_).milliseconds("after_ms", away).event("line_back"));
    }
    told_ = false;
    for (CancelToken* waiter : waiters_)
        waiter->cancel();
}

void LineGate::no_connection(const std::string& reason) {
    std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    // What has never worked may be a wrong setting, which nobody should have to wait for.
    if (!met_ && reason_.empty())
        log_.warn(peer_ + " cannot be reached (" + reason + "): trying on");
    reason_ = reason;
    if (failures_++ == 0)
        first_failure_ = now;
    const bool all_slots = failures_ >= tries_per_slot * slots_;
    const bool few_slots = failures_ >= tries_per_slot && now - first_failure_ >= few_slots_time;
    if (dead_ || !(all_slots || few_slots))
        return;
    dead_ = true;
    next_probe_ = now + probe_interval;
}

void LineGate::note(const HttpOutcome& outcome) {
    if (ferry::met_server(outcome))
        met_server();
    else if (classify(Operation::read, outcome) == Verdict::no_answer)
        no_connection(with_advice(std::get<HttpFailure>(outcome)));
}

Duration LineGate::next_try_in() const {
    std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    return dead_ && next_probe_ > now ? next_probe_ - now : Duration{0};
}

std::string LineGate::last_reason() const {
    std::lock_guard lock(mutex_);
    return reason_;
}

bool LineGate::dead() const {
    std::lock_guard lock(mutex_);
    return dead_;
}

} // namespace ferry
