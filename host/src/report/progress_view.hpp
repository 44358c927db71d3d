// What a progress display shows, as text: one line for a log file, a few lines for a terminal.
#pragma once

#include "report/progress_sums.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

struct ProgressView {
    // What the percentage is of: something whose whole is known, so that it never goes back.
    enum class Over {
        bytes, // of the one step that moves any
        steps, // those that move something, each with its own share
        rows   // the same of a batch
    };

    std::string count; // of steps or rows: "1/3 steps"
    Over over = Over::bytes;
    double share = 0;       // of steps or rows, from 0 to 1
    std::uint64_t rows = 0; // of a batch
    WorkDone work{};
    bool all_told = true; // no step is to come that adds to the work
    std::uint64_t bytes_per_second = 0;
    std::optional<CallsLeft> calls_left{};
    std::string waiting_for{};
    std::vector<std::string> tasks{}; // some of those that run
    std::size_t running = 0;          // all of them
    std::vector<ItemProgress> items{};
};

// "about 2 h 30 min" for what is to come: good to a second at best. Empty if it is no estimate.
std::string estimate_text(double seconds);

// "1/3 steps | 50 % of 50.00 MiB | 1/7 files | 5.00 MiB/s, 6.0 s left | 4 in flight | 2 retries | align, publish"
std::string plain_progress(const ProgressView& view);

// At most `rows` lines, without a line end after the last, none of them wider than `columns`.
std::string bar_progress(const ProgressView& view, std::size_t columns, std::size_t rows);

} // namespace ferry
