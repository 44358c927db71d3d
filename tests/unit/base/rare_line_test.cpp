#include "base/rare_line.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("a rare line is told at first, and then once in its time with how often it was") {
    RareLine line;
    const Instant begin{};
    CHECK(line.turn(LogLevel::warn, begin).level == LogLevel::warn);
    CHECK(line.turn(LogLevel::warn, begin + Duration{1}).level == LogLevel::debug);
    CHECK(line.turn(LogLevel::warn, begin + RareLine::interval - Duration{1}).level == LogLevel::debug);
    const RareLine::Turn again = line.turn(LogLevel::warn, begin + RareLine::interval);
    CHECK(again.level == LogLevel::warn);
    CHECK(again.since == " (and 2 times since this was told last)");
    const RareLine::Turn later = line.turn(LogLevel::warn, begin + 3 * RareLine::interval);
    CHECK(later.level == LogLevel::warn);
    CHECK(later.since.empty());
}

} // namespace ferry::test
