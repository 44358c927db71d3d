// How far the running tasks are: some lines at the foot of a terminal, or a line now and then in a log file.
#pragma once

#include "plugins/task_progress.hpp"
#include "report/console.hpp"
#include "report/progress_sums.hpp"
#include "report/progress_view.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace ferry {

enum class ProgressMode { automatic, bar, plain, none };
std::optional<ProgressMode> progress_mode(std::string_view name); // auto, bar, plain or none

// The rows of a batch.
struct RowCounts {
    std::uint64_t done = 0, failed = 0, running = 0, left = 0; // left: still to be started
    const char* how = "done";                                  // what is told of those that are
};

// Thread-safe. Sums over all tasks.
class ProgressDisplay {
  public:
    using Clock = std::chrono::steady_clock;

    // Of plain lines; the longer a run takes, the fewer there are, so that a night of them can be read.
    static constexpr std::chrono::seconds first_pause{30};
    static constexpr std::chrono::seconds longest_pause{1200};
    static std::chrono::milliseconds plain_pause(std::chrono::milliseconds running);

    // automatic: a bar on a terminal that can redraw lines, else plain; a bar asked for elsewhere is plain too.
    ProgressDisplay(Console& console, ProgressMode mode);
    ~ProgressDisplay() { stop(); }
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;

    void start(); // a thread of its own that draws: 10 times a second (bar) or after plain_pause()
    void stop();  // ends it and takes the bar away

    // Of the run, or of each row; `moving`: those of a run that may move something, by id.
    void set_steps(std::size_t total, std::set<std::string> moving = {});
    void set_rows(const RowCounts& rows); // in a batch: rows are told instead of steps
    void step_started(const std::string& id);
    void step_progress(const std::string& id, const TaskProgress& progress, Clock::time_point now = Clock::now());
    void step_finished(const std::string& id);

    // Draws once, as the thread does.
    void draw(Clock::time_point now);
    // What is shown at that time; nullopt while nothing runs.
    std::optional<ProgressView> view(Clock::time_point now);
    // The plain line at that time; empty while nothing runs.
    std::string text(Clock::time_point now);
    // What was done in all, as summary_text() says it; the time is that in which tasks told of progress.
    std::string summary();

  private:
    std::uint64_t bytes_per_second(std::uint64_t moved, Clock::time_point now);
    double share_of_rows() const;
    std::string rows_text(Clock::time_point now) const;
    void add_shares(ProgressView& view) const;
    void sample(Clock::time_point now);
    void draw_until_stopped();

    Console& console_;
    const ProgressMode mode_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::size_t steps_total_ = 0;
    std::size_t steps_ended_ = 0;
    std::set<std::string> movers_; // steps that may move something
    std::size_t movers_ended_ = 0;
    std::optional<RowCounts> rows_;
    Clock::time_point rows_began_{};
    ProgressSums sums_;
    std::deque<std::pair<Clock::time_point, std::uint64_t>> samples_; // bytes moved, for the rate
    std::optional<Clock::time_point> told_at_;                        // the last progress
    Clock::duration moving_{0};
    std::thread thread_;
};

} // namespace ferry
