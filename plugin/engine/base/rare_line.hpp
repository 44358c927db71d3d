// A line of log for what may come again and again all night.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ferry {

// Told at most once in half an hour, with how often it was in between; the other times are for debugging. Not
// thread-safe.
class RareLine {
  public:
    static constexpr Duration interval{1'800'000};

    struct Turn {
        LogLevel level;
        std::string since; // the end of the line: how often it was since it was told last
    };
    // It happens now, and its line would have the level `usual`.
    Turn turn(LogLevel usual, Instant now);

  private:
    std::optional<Instant> told_;
    std::uint64_t since_ = 0;
};

} // namespace ferry
