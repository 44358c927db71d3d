#include "report/progress_display.hpp"

#include "document/units.hpp"
#include "report/suspension.hpp"

#include <algorithm>
#include <cstdlib>

namespace ferry {
namespace {

constexpr std::chrono::milliseconds bar_period{100};
constexpr std::chrono::milliseconds sample_period{500};
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

void ProgressDisplay::set_steps(std::size_t total, std::set<std::string> moving) {
    const std::lock_guard lock(mutex_);
    steps_total_ = total;
    movers_ = std::move(moving);
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
    sample(now); // so that the first line has a rate, too
    if (told_at_ && now > *told_at_ && now - *told_at_ <= longest_silence)
        moving_ += now - *told_at_;
    told_at_ = std::max(now, told_at_.value_or(now));
}

void ProgressDisplay::step_finished(const std::string& id) {
    const std::lock_guard lock(mutex_);
    sums_.finished(id);
    ++steps_ended_;
    movers_ended_ += movers_.count(id);
}

void ProgressDisplay::sample(Clock::time_point now) {
    if (mode_ == ProgressMode::none || (!samples_.empty() && now - samples_.back().first < sample_period))
        return;
    samples_.emplace_back(now, sums_.all().bytes_moved);
    const Clock::duration window = mode_ == ProgressMode::bar ? rate_window : first_pause;
    while (samples_.size() > 2 && now - samples_[1].first >= window)
        samples_.pop_front();
}

std::uint64_t ProgressDisplay::bytes_per_second(std::uint64_t moved, Clock::time_point now) {
    sample(now);
    if (samples_.empty())
        return 0;
    const double seconds = std::chrono::duration<double>(now - samples_.front().first).count();
    return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(moved - samples_.front().second) / seconds) : 0;
}

// Of all rows, those that run with the steps that they have done.
double ProgressDisplay::share_of_rows() const {
    const auto ended = static_cast<double>(rows_->done + rows_->failed);
    const auto begun = ended + static_cast<double>(rows_->running);
    const double all = begun + static_cast<double>(rows_->left);
    const double steps = static_cast<double>(steps_ended_) + sums_.shares().sum;
    const double rows = steps_total_ > 0 ? steps / static_cast<double>(steps_total_) : ended;
    return all > 0 ? std::clamp(rows, ended, begun) / all : 0; // rows and steps are not told at the same moment
}

// "120 rows done, 3 failed, 8 running, 869 left, about 2 min 05 s"
std::string ProgressDisplay::rows_text(Clock::time_point now) const {
    std::string line = std::to_string(rows_->done) + " rows " + rows_->how + ", " + std::to_string(rows_->failed) +
                       " failed, " + std::to_string(rows_->running) + " running, " + std::to_string(rows_->left) +
                       " left";
    const double seconds = std::chrono::duration<double>(now - rows_began_).count();
    const double share = share_of_rows();
    if (rows_->done + rows_->failed > 0)
        if (const std::string left = estimate_text(seconds / share * (1 - share)); !left.empty())
            line += ", " + left;
    return line;
}

// A percentage of bytes needs their whole, which steps tell when they begin: it is that of one step that moves some.
void ProgressDisplay::add_shares(ProgressView& view) const {
    if (rows_) {
        view.over = ProgressView::Over::rows;
        view.rows = rows_->done + rows_->failed + rows_->running + rows_->left;
        view.share = share_of_rows();
    } else if (movers_.size() > 1) {
        const ProgressSums::Shares shares = sums_.shares(movers_);
        view.over = ProgressView::Over::steps;
        view.share = (static_cast<double>(movers_ended_) + shares.sum) / static_cast<double>(movers_.size());
        view.all_told = shares.all_told && movers_ended_ + shares.tasks == movers_.size();
    }
}

std::optional<ProgressView> ProgressDisplay::view(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (!sums_.running() && !rows_)
        return std::nullopt;
    const WorkDone work = sums_.all();
    ProgressView view{.count = rows_ ? rows_text(now)
                                     : std::to_string(steps_ended_) + "/" + std::to_string(steps_total_) + " steps",
                      .work = work,
                      .bytes_per_second = bytes_per_second(work.bytes_moved, now),
                      .calls_left = sums_.calls_left(),
                      .waiting_for = sums_.waiting_for(),
                      .tasks = sums_.running_tasks(most_tasks),
                      .running = sums_.running_count(),
                      .items = sums_.items(most_items)};
    add_shares(view);
    return view;
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
