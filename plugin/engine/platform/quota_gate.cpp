#include "platform/quota_gate.hpp"

#include "base/job_event.hpp"
#include "document/units.hpp"
#include "platform/quota_headers.hpp"
#include "retry/retry_after.hpp"

#include <algorithm>
#include <functional>

namespace ferry {
namespace {

constexpr Duration reset_margin{1'000}; // Date and reset are whole seconds
// Processes that share a token shall not start again as one; but of a short pause no great part is added.
constexpr Duration longest_jitter{2'000};
constexpr int jitter_part = 10;
constexpr Duration same_pause{5'000}; // refusals of one pause differ by no more

} // namespace

QuotaPermit::~QuotaPermit() {
    if (gate_)
        gate_->end(started_);
}

std::optional<QuotaPermit> QuotaGate::before_call(CancelToken& cancel, Log& log) {
    const Instant start = clock_.now();
    for (;;) {
        if (cancel.cancelled())
            return std::nullopt;
        CancelToken wake; // by news or by the caller's own cancel
        auto answer = turn(&wake, log);
        if (auto* permit = std::get_if<QuotaPermit>(&answer)) {
            permit->waited_ = permit->started_ - start;
            return std::move(*permit);
        }
        {
            const CancelToken::Registration relay(cancel, [&wake] { wake.cancel(); });
            clock_.wait_until(std::get<Instant>(answer), wake);
        }
        std::lock_guard lock(mutex_);
        std::erase(waiters_, &wake);
    }
}

std::variant<QuotaPermit, Instant> QuotaGate::try_call(Log& log) {
    return turn(nullptr, log);
}

std::variant<QuotaPermit, Instant> QuotaGate::turn(CancelToken* wake, Log& log) {
    std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    const QuotaWindow::Turn next = now < paused_until_ ? QuotaWindow::Turn{paused_until_} : window_.next(now);
    if (next.at <= now) {
        window_.went(now);
        return QuotaPermit(*this, now);
    }
    if (next.hold == QuotaWindow::Hold::spread)
        tell_spread(now, log);
    if (wake)
        waiters_.push_back(wake);
    return next.at;
}

void QuotaGate::tell_spread(Instant now, Log& log) {
    const Duration left = window_.until_reset(now);
    if (window_.name() <= told_spread_ + QuotaWindow::grain || left <= Duration{0})
        return;
    told_spread_ = window_.name();
    const RareLine::Turn line = spread_line_.turn(LogLevel::info, now);
    log.write(line.level, "the platform's quota: " + std::to_string(window_.left(now)) + " of " +
                              std::to_string(window_.limit()) + " calls left, calls are spread over the " +
                              format_duration(left) + " until its reset" + line.since);
    log.event(EventFields()
                  .text("reason", "spread")
                  .number("calls_left", window_.left(now))
                  .number("calls_limit", window_.limit())
                  .milliseconds("wait_ms", left)
                  .event("throttled"));
}

void QuotaGate::end(Instant started) {
    std::lock_guard lock(mutex_);
    window_.ended(started);
    wake_waiters();
}

void QuotaGate::wake_waiters() {
    for (CancelToken* waiter : waiters_)
        waiter->cancel();
}

std::optional<Duration> QuotaGate::told_pause(Verdict verdict, const HttpResponse& response) const {
    const WallTime wall = clock_.wall();
    if (const auto reset = verdict == Verdict::throttled ? read_reset(response) : std::nullopt) {
        const WallTime sent = server_time(response, wall);
        // One that is just over may still be on, if the server rounds it down: once, the margin will do.
        if (*reset > sent || (*reset > sent - reset_margin && pauses_ == 0))
            return std::clamp(*reset - sent, Duration{0}, latest_reset);
    }
    const auto told = retry_after(response, wall);
    if (!told || *told <= Duration{0})
        return std::nullopt;
    return std::min(*told, latest_reset);
}

Duration QuotaGate::next_pause() const {
    Duration pause = first_pause;
    for (int i = 0; i < pauses_ && pause < longest_pause; ++i)
        pause *= 2;
    return std::min(pause, longest_pause);
}

// Starts or prolongs the pause; answers the length of one that has begun.
std::optional<Duration> QuotaGate::pause_for(Verdict verdict, const HttpResponse& response, Instant now) {
    const bool paused = now < paused_until_; // and this call was on its way already
    const auto told = told_pause(verdict, response);
    if (paused && !told)
        return std::nullopt;
    Duration pause = told.value_or(next_pause());
    const auto jitter = static_cast<double>(std::min(longest_jitter, pause / jitter_part).count());
    pause += reset_margin + Duration{static_cast<Duration::rep>(jitter * random_.next())};
    if (paused) {
        if (now + pause > paused_until_ + same_pause)
            paused_until_ = now + pause;
        return std::nullopt;
    }
    paused_until_ = now + pause;
    maintenance_ = verdict == Verdict::maintenance;
    ++pauses_;
    return pause;
}

void QuotaGate::answered(Instant started, Verdict verdict, const HttpResponse& response, Log& log) {
    const bool maintenance = verdict == Verdict::maintenance;
    std::optional<Duration> pause;
    RareLine::Turn line{};
    {
        std::lock_guard lock(mutex_);
        const Instant now = clock_.now();
        window_.told(read_quota(response, clock_.wall(), latest_reset), started, now);
        if (verdict == Verdict::throttled || verdict == Verdict::maintenance)
            pause = pause_for(verdict, response, now);
        else
            pauses_ = 0;
        if (pause)
            line = (maintenance ? maintenance_line_ : quota_line_).turn(LogLevel::warn, now);
        wake_waiters();
    }
    if (!pause)
        return;
    log.write(line.level, std::string(maintenance ? "the platform is under maintenance"
                                                  : "the platform's quota of calls is used up") +
                              ": all calls wait " + format_duration(*pause) + ", and go on by themselves" + line.since);
    log.event(EventFields()
                  .text("reason", maintenance ? "maintenance" : "quota")
                  .milliseconds("wait_ms", *pause)
                  .event("throttled"));
}

QuotaLevel QuotaGate::level() {
    std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    return {.left = window_.left(now),
            .limit = window_.until_reset(now) > Duration{0} ? window_.limit() : 0,
            .pause = now < paused_until_ ? paused_until_ - now : Duration{0},
            .maintenance = maintenance_};
}

QuotaGate& QuotaRegistry::gate(const Url& endpoint, const Secret& token) {
    const std::string key =
        endpoint.origin() + endpoint.target + ' ' + std::to_string(std::hash<std::string_view>{}(token.reveal()));
    std::lock_guard lock(mutex_);
    std::unique_ptr<QuotaGate>& gate = gates_[key];
    if (!gate)
        gate = std::make_unique<QuotaGate>(clock_, random_);
    return *gate;
}

} // namespace ferry
