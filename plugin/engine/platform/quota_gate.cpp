#include "platform/quota_gate.hpp"

#include "document/units.hpp"
#include "platform/iso_time.hpp"
#include "retry/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

namespace ferry {
namespace {

constexpr Duration reset_margin{1'000}; // Date and reset are whole seconds
constexpr double jitter{2'000};         // ms; processes that share a token shall not start again as one
constexpr Duration same_pause{5'000};   // refusals of one pause differ by no more

// How long until X-RateLimit-Reset, by the server's own clock; nullopt where it is absent, unreadable or past.
std::optional<Duration> until_reset(const HttpResponse& response, WallTime wall) {
    const auto header = response.headers.find("X-RateLimit-Reset");
    if (!header)
        return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(header->data(), header->data() + header->size(), value);
    if (error != std::errc() || end != header->data() + header->size())
        return std::nullopt;
    const auto reset = from_epoch(value);
    const WallTime now = server_time(response, wall);
    if (!reset || *reset <= now)
        return std::nullopt;
    return *reset - now;
}

} // namespace

std::optional<Duration> QuotaGate::before_call(CancelToken& cancel) {
    const Instant start = clock_.now();
    for (;;) {
        if (cancel.cancelled())
            return std::nullopt;
        Instant until;
        {
            std::lock_guard lock(mutex_);
            until = paused_until_;
        }
        const Instant now = clock_.now();
        if (now >= until)
            return now - start;
        clock_.wait_until(until, cancel);
    }
}

std::optional<Duration> QuotaGate::told_pause(Verdict verdict, const HttpResponse& response) const {
    const WallTime wall = clock_.wall();
    std::optional<Duration> told = verdict == Verdict::throttled ? until_reset(response, wall) : std::nullopt;
    if (!told)
        told = retry_after(response, wall);
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

void QuotaGate::answered(Verdict verdict, const HttpResponse& response, Log& log) {
    const bool refused = verdict == Verdict::throttled || verdict == Verdict::maintenance;
    Duration pause;
    {
        std::lock_guard lock(mutex_);
        if (!refused) {
            pauses_ = 0;
            return;
        }
        const Instant now = clock_.now();
        const bool paused = now < paused_until_; // and this call was on its way already
        const auto told = told_pause(verdict, response);
        if (paused && !told)
            return;
        pause =
            told.value_or(next_pause()) + reset_margin + Duration{static_cast<Duration::rep>(jitter * random_.next())};
        if (paused) {
            if (now + pause > paused_until_ + same_pause)
                paused_until_ = now + pause;
            return;
        }
        paused_until_ = now + pause;
        ++pauses_;
    }
    log.warn(std::string(verdict == Verdict::throttled ? "the platform's quota of calls is used up"
                                                       : "the platform is under maintenance") +
             ": all calls wait " + format_duration(pause));
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
