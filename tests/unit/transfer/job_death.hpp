// A step's process that ends in the middle: what its next one finds.
#pragma once

#include "job_fixture.hpp"

#include <atomic>
#include <cstdint>
#include <string>

namespace ferry::test {

// Death at a request: what is on disk at that moment is what the next process finds; the dead one's last calls never
// arrive.
struct Death {
    JobFixture& fixture;
    std::string kind;
    std::uint32_t nth = 1;         // of the requests of that kind; parts may go in any order
    bool performed = false;        // the platform does it, and nobody hears of it
    std::atomic<bool> dead{false}; // seen by all slots
    std::atomic<std::uint32_t> seen{0};

    bool strikes(const Call& call);
    void revive(); // what a process that starts afterwards finds
};

// Runs the step until it dies there.
void die_at(Death& death);

// Stops the step in order at the nth PUT, which does not arrive.
void stop_at_put(JobFixture& f, std::uint32_t nth);

} // namespace ferry::test
