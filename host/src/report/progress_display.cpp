#include "report/progress_display.hpp"

#include "document/units.hpp"

#include <algorithm>
#include <cstdlib>

namespace ferry {
namespace {

constexpr std::chrono::milliseconds bar_period{100};
constexpr std::chrono::seconds plain_period{30};
constexpr std::chrono::seconds rate_window{15};

ProgressMode effective(ProgressMode mode, const Console& console) {
    if (mode == ProgressMode::none || mode == ProgressMode::plain)
        return mode;
    const char* kind = std::getenv("TERM");
    const bool can_redraw = console.is_terminal() && std::string_view(kind ? kind : "") != "dumb";
    return can_redraw ? ProgressMode::bar : ProgressMode::plain;
}

std::string part_of(std::uint64_t done, std::uint64_t total) {
    return std::to_string(done) + (total > 0 ? "/" + std::to_string(total) : "");
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

ProgressDisplay::ProgressDisplay(Console& console, ProgressMode mode)
    : console_(console)
    , mode_(effective(mode, console)) {}

void ProgressDisplay::start() {
    if (mode_ == ProgressMode::none || thread_.joinable())
        return;
    thread_ = std::thread([this] {
        const std::chrono::milliseconds period = mode_ == ProgressMode::bar ? bar_period : plain_period;
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, period, [this] { return stopping_; })) {
            lock.unlock();
            draw(Clock::now());
            lock.lock();
        }
    });
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
    running_[id] = ferry_progress{};
}

void ProgressDisplay::step_progress(const std::string& id, const ferry_progress& progress) {
    const std::lock_guard lock(mutex_);
    const auto it = running_.find(id);
    if (it == running_.end())
        return;
    if (progress.bytes_done > it->second.bytes_done)
        moved_ += progress.bytes_done - it->second.bytes_done;
    it->second = progress;
}

void ProgressDisplay::step_finished(const std::string& id) {
    const std::lock_guard lock(mutex_);
    running_.erase(id);
    ++steps_ended_;
}

ProgressDisplay::Sum ProgressDisplay::sum() const {
    Sum sum;
    for (const auto& [id, progress] : running_) {
        sum.bytes_done += progress.bytes_done;
        sum.bytes_total += progress.bytes_total;
        sum.items_done += progress.items_done;
        sum.items_total += progress.items_total;
        sum.in_flight += progress.in_flight;
    }
    return sum;
}

double ProgressDisplay::bytes_per_second(Clock::time_point now) {
    if (samples_.empty() || now - samples_.back().first >= std::chrono::milliseconds(500))
        samples_.emplace_back(now, moved_);
    while (samples_.size() > 2 && now - samples_.front().first > std::max<Clock::duration>(rate_window, plain_period))
        samples_.pop_front();
    const double seconds = std::chrono::duration<double>(now - samples_.front().first).count();
    return seconds > 0 ? static_cast<double>(moved_ - samples_.front().second) / seconds : 0;
}

std::string ProgressDisplay::names() const {
    std::string text;
    std::size_t shown = 0;
    for (const auto& [id, progress] : running_) {
        if (shown == 3)
            return text + " and " + std::to_string(running_.size() - shown) + " more";
        text += (shown++ == 0 ? "" : ", ") + id;
    }
    return text;
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

std::string ProgressDisplay::text(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (running_.empty() && !rows_)
        return {};
    const Sum all = sum();
    const double rate = bytes_per_second(now);
    std::string line =
        rows_ ? rows_text(now) : std::to_string(steps_ended_) + "/" + std::to_string(steps_total_) + " steps";
    if (all.bytes_total > 0) {
        const double share = std::min(1.0, static_cast<double>(all.bytes_done) / static_cast<double>(all.bytes_total));
        line += " | " + std::to_string(static_cast<int>(share * 100)) + " % of " + format_size(all.bytes_total);
    } else if (all.bytes_done > 0) {
        line += " | " + format_size(all.bytes_done);
    }
    if (all.items_total > 0 || all.items_done > 0)
        line += " | " + part_of(all.items_done, all.items_total) + " files";
    if (rate >= 1) {
        line += " | " + format_size(static_cast<std::uint64_t>(rate)) + "/s";
        if (all.bytes_total > all.bytes_done) {
            const double left = static_cast<double>(all.bytes_total - all.bytes_done) / rate;
            if (left < 1e7)
                line += ", " + format_duration(std::chrono::seconds(static_cast<std::int64_t>(left) + 1)) + " left";
        }
    }
    if (all.in_flight > 0)
        line += " | " + std::to_string(all.in_flight) + " in flight";
    return running_.empty() ? line : line + " | " + names();
}

void ProgressDisplay::draw(Clock::time_point now) {
    const std::string line = text(now);
    if (mode_ == ProgressMode::bar)
        console_.status(line.substr(0, console_.columns() - 1)); // ids and numbers: a byte is a column
    else if (mode_ == ProgressMode::plain && !line.empty())
        console_.line("ferry: " + line);
}

} // namespace ferry
