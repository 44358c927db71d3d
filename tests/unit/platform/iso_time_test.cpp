#include "platform/iso_time.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace ferry::test {
namespace {

WallTime at(std::int64_t milliseconds) {
    return WallTime(Duration(milliseconds));
}

} // namespace

TEST_CASE("ISO times") {
    CHECK(parse_iso_time("1970-01-01T00:00:00Z") == at(0));
    CHECK(parse_iso_time("2016-02-27T15:55:38Z") == at(1'456'588'538'000));
    CHECK(parse_iso_time("2016-02-27T15:55:38.1Z") == at(1'456'588'538'100));
    CHECK(parse_iso_time("2016-02-27T15:55:38.123456789Z") == at(1'456'588'538'123));
    CHECK(parse_iso_time("2016-02-27T17:55:38+02:00") == at(1'456'588'538'000));
    CHECK(parse_iso_time("2016-02-27T15:25:38-0030") == at(1'456'588'538'000));
    CHECK(parse_iso_time("2016-02-27 15:55:38Z") == at(1'456'588'538'000));
    CHECK(parse_iso_time("2024-02-29T23:59:60Z").has_value());
    CHECK(parse_iso_time("9999-12-31T23:59:59Z").has_value());
}

TEST_CASE("texts that are no times") {
    for (const std::string text : {"",
                                   "Z",
                                   "2016",
                                   "2016-02-27",
                                   "2016-02-27T15:55:38",
                                   "2016-02-27T15:55Z",
                                   "2016-02-30T15:55:38Z",
                                   "2016-13-27T15:55:38Z",
                                   "2016-02-27T24:55:38Z",
                                   "2016-02-27T15:60:38Z",
                                   "2016-02-27T15:55:61Z",
                                   "2016-02-27T15:55:38Zx",
                                   "2016-02-27T15:55:38+25:00",
                                   "2016-02-27T15:55:38+",
                                   "2016-02-27T15:55:38+02:0",
                                   "-016-02-27T15:55:38Z",
                                   "2016--2-27T15:55:38Z",
                                   "2016-02-27T15:55:3xZ",
                                   "1969-12-31T23:59:59Z",
                                   "2016/02/27T15:55:38Z",
                                   "99999-01-01T00:00:00Z",
                                   "2016-02-27T15:55:38.xZ"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_iso_time(text));
    }
}

TEST_CASE("integers are seconds, or milliseconds when too large for seconds") {
    CHECK(from_epoch(0) == at(0));
    CHECK(from_epoch(1'459'113'561) == at(1'459'113'561'000));
    CHECK(from_epoch(1'459'113'561'000) == at(1'459'113'561'000));
    CHECK(from_epoch(100'000'000'000) == at(100'000'000'000'000));
    CHECK(from_epoch(100'000'000'001) == at(100'000'000'001));
    CHECK_FALSE(from_epoch(-1));
    CHECK_FALSE(from_epoch(std::numeric_limits<std::int64_t>::max()));
    CHECK_FALSE(from_epoch(std::numeric_limits<std::int64_t>::min()));
}

} // namespace ferry::test
