#include "report/progress_display.hpp"

#include "document/units.hpp"
#include "report/suspension.hpp"

#include <algorithm>
#include <cstdlib>

namespace ferry {
namespace {

constexpr std::chrono::milliseconds bar_period{100};
constexpr std::chrono::seconds rate_window{15};
constexpr std::chrono::seconds longest_silence{2}; // of a task that moves something
constexpr std::size_t most_tasks = 3;
constexpr std::size_t most_items = 6;

ProgressMode effective(ProgressMode mode, const Console& console) {
    if (mode == ProgressMode::none || mode == ProgressMode::plain)
        return mode;
    const char* kind = std::getenv("TERM");
    const bool can_redraw = console.is_terminal() && std::string_view(kind ? kind : "") != "dumb";
    return can_redraw ? ProgressMode::bar : ProgressMode::plain;
}

} // namespace

std::optional<ProgressMode> progress_mode(std::string_view name) {
    if (name == "auto")
        return ProgressMode::automatic;
    if (name == "bar")
        return ProgressMode::bar;
    if (name == "plain")
        return ProgressMode::plain;
    if (name == "none")
        return ProgressMode::none;
    return std::nullopt;
}

std::chrono::milliseconds ProgressDisplay::plain_pause(std::chrono::milliseconds running) {
    return std::clamp<std::chrono::milliseconds>(running / 6, first_pause, longest_pause);
}

ProgressDisplay::ProgressDisplay(Console& console, ProgressMode mode)
    : console_(console)
    , mode_(effective(mode, console)) {}

void ProgressDisplay::start() {
    if (mode_ != ProgressMode::none && !thread_.joinable())
        thread_ = std::thread([this] { draw_until_stopped(); });
}

void ProgressDisplay::draw_until_stopped() {
    const Clock::time_point began = Clock::now();
    std::optional<Suspension> suspension;
    if (mode_ == ProgressMode::bar)
        suspension.emplace();
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto pause =
            mode_ == ProgressMode::bar
                ? bar_period
                : plain_pause(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began));
        if (wake_.wait_for(lock, pause, [this] { return stopping_; }))
            break;
        lock.unlock();
        if (suspension && suspension->asked()) {
            console_.status({});
            suspension->stop_now();
        }
        draw(Clock::now());
        lock.lock();
    }
    if (suspension) // before its end, which may stop the process
        console_.status({});
}

void ProgressDisplay::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable())
        thread_.join();
    if (mode_ == ProgressMode::bar)
        console_.status({});
}

void ProgressDisplay::set_steps(std::size_t total) {
    const std::lock_guard lock(mutex_);
    steps_total_ = total;
}

void ProgressDisplay::set_rows(const RowCounts& rows) {
    const std::lock_guard lock(mutex_);
    if (!rows_)
        rows_began_ = Clock::now();
    rows_ = rows;
}

void ProgressDisplay::step_started(const std::string& id) {
    const std::lock_guard lock(mutex_);
    sums_.started(id);
}

void ProgressDisplay::step_progress(const std::string& id, const TaskProgress& progress, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    sums_.told(id, progress);
    if (told_at_ && now > *told_at_ && now - *told_at_ <= longest_silence)
        moving_ += now - *told_at_;
    told_at_ = std::max(now, told_at_.value_or(now));
}

void ProgressDisplay::step_finished(const std::string& id) {
    const std::lock_guard lock(mutex_);
    sums_.finished(id);
    ++steps_ended_;
}

std::uint64_t ProgressDisplay::bytes_per_second(std::uint64_t moved, Clock::time_point now) {
    if (samples_.empty() || now - samples_.back().first >= std::chrono::milliseconds(500))
        samples_.emplace_back(now, moved);
    const Clock::duration window = mode_ == ProgressMode::bar ? rate_window : first_pause;
    while (samples_.size() > 2 && now - samples_[1].first >= window)
        samples_.pop_front();
    const double seconds = std::chrono::duration<double>(now - samples_.front().first).count();
    return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(moved - samples_.front().second) / seconds) : 0;
}

// "120 rows done, 3 failed, 8 running, 869 left, 2 min left"
std::string ProgressDisplay::rows_text(Clock::time_point now) {
    const std::uint64_t ended = rows_->done + rows_->failed;
    std::string line = std::to_string(rows_->done) + " rows " + rows_->how + ", " + std::to_string(rows_->failed) +
                       " failed, " + std::to_string(rows_->running) + " running, " + std::to_string(rows_->left) +
                       " left";
    const double seconds = std::chrono::duration<double>(now - rows_began_).count();
    const double needed =
        ended > 0 ? seconds / static_cast<double>(ended) * static_cast<double>(rows_->left + rows_->running) : 0;
    if (needed >= 1 && needed < 1e7)
        line += ", about " + format_duration(std::chrono::seconds(static_cast<std::int64_t>(needed) + 1));
    return line;
}

std::optional<ProgressView> ProgressDisplay::view(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (!sums_.running() && !rows_)
        return std::nullopt;
    const WorkDone work = sums_.all();
    return ProgressView{.count = rows_ ? rows_text(now)
                                       : std::to_string(steps_ended_) + "/" + std::to_string(steps_total_) + " steps",
                        .work = work,
                        .bytes_per_second = bytes_per_second(work.bytes_moved, now),
                        .calls_left = sums_.calls_left(),
                        .waiting_for = sums_.waiting_for(),
                        .tasks = sums_.running_tasks(most_tasks),
                        .running = sums_.running_count(),
                        .items = sums_.items(most_items)};
}

std::string ProgressDisplay::text(Clock::time_point now) {
    const auto shown = view(now);
    return shown ? plain_progress(*shown) : std::string();
}

std::string ProgressDisplay::summary() {
    const std::lock_guard lock(mutex_);
    return summary_text(sums_.all(), std::chrono::duration<double>(moving_).count());
}

void ProgressDisplay::draw(Clock::time_point now) {
    if (mode_ == ProgressMode::none)
        return;
    const auto shown = view(now);
    if (mode_ == ProgressMode::bar) {
        const TerminalSize size = console_.size();
        console_.status(shown ? bar_progress(*shown, size.columns - 1, std::max(1u, size.rows / 2)) : std::string());
    } else if (shown) {
        console_.line("ferry: " + plain_progress(*shown));
    }
}

} // namespace ferry
