// How far the running tasks are, on one line: redrawn on a terminal, now and then in a log file.
#pragma once

#include "ferry_plugin.h"
#include "report/console.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
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

// Thread-safe. Sums over all running tasks.
class ProgressDisplay {
  public:
    using Clock = std::chrono::steady_clock;

    // automatic: a bar on a terminal that can redraw a line, else plain; a bar asked for elsewhere is plain too.
    ProgressDisplay(Console& console, ProgressMode mode);
    ~ProgressDisplay() { stop(); }
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;

    void start(); // a thread of its own that draws: 10 times a second (bar) or every 30 s (plain)
    void stop();  // ends it and takes the bar away

    void set_steps(std::size_t total);
    void set_rows(const RowCounts& rows); // in a batch: rows are told instead of steps
    void step_started(const std::string& id);
    void step_progress(const std::string& id, const ferry_progress& progress);
    void step_finished(const std::string& id);

    // Draws once, as the thread does.
    void draw(Clock::time_point now);
    // The line at that time; empty while nothing runs.
    std::string text(Clock::time_point now);

  private:
    struct Sum {
        std::uint64_t bytes_done = 0, bytes_total = 0, items_done = 0, items_total = 0, in_flight = 0;
    };
    Sum sum() const;
    double bytes_per_second(Clock::time_point now);
    std::string names() const;
    std::string rows_text(Clock::time_point now);

    Console& console_;
    const ProgressMode mode_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::size_t steps_total_ = 0;
    std::size_t steps_ended_ = 0;
    std::optional<RowCounts> rows_;
    Clock::time_point rows_began_{};
    std::map<std::string, ferry_progress> running_;
    std::uint64_t moved_ = 0; // bytes over all tasks and attempts, for the rate
    std::deque<std::pair<Clock::time_point, std::uint64_t>> samples_;
    std::thread thread_;
};

} // namespace ferry
