// Processes that share a quota, in simulated time: real gates, each with its own clock, against a server with fixed
// windows. Nothing sleeps, and the same seed gives the same run.
#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace ferry::test {

struct SharedQuota {
    int processes = 1;
    int slots = 8; // of each process; they call as fast as they may
    std::uint64_t limit = 1000;
    Duration window{300'000};
    std::uint64_t calls = 0;   // that each process has to make
    bool aligned = false;      // windows end at multiples of their length, instead of beginning with their first call
    bool rounded_down = false; // X-RateLimit-Reset; else up
    bool same_start = true;    // else each process begins a third of a window after the one before
    unsigned seed = 1;
};

struct SharedQuotaResult {
    bool finished = false;
    std::uint64_t served = 0;
    std::uint64_t refused = 0;
    double refused_percent = 0;
    double spread = 1;     // the slowest process' time by the fastest one's
    double throughput = 1; // of the quota, over the windows that were over before the first process ended
    Duration waited{};     // by all slots for calls that were asked for after their process' first answer
    Duration time{};       // until the last process ended
    std::uint64_t windows = 0;
    std::size_t most_lines = 0; // of log, of one process
};

SharedQuotaResult simulate(const SharedQuota& plan);

} // namespace ferry::test
