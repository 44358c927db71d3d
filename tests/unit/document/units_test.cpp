#include "document/units.hpp"

#include <doctest/doctest.h>

namespace ferry {

using namespace std::chrono_literals;

TEST_CASE("sizes") {
    CHECK(parse_size("0") == 0u);
    CHECK(parse_size("5368709120") == 5368709120u);
    CHECK(parse_size("64MiB") == 64u << 20u);
    CHECK(parse_size("10 KiB") == 10240u);
    CHECK(parse_size("1.5GiB") == 1610612736u);
    CHECK(parse_size("5TiB") == 5497558138880u);
    CHECK(parse_size("7B") == 7u);
    for (const char* text : {"", " ", "MiB", "5MB", "5mib", "-1", "+1", "1e3", "1..5MiB", ".5MiB", "5.", "1 2",
                             "5  MiB", "5MiB ", "9999999999TiB", "99999999999999999999", "0x10", "inf", "nan"})
        CHECK_MESSAGE(!parse_size(text), text);
}

TEST_CASE("durations") {
    CHECK(parse_duration("30") == 30s);
    CHECK(parse_duration("200ms") == 200ms);
    CHECK(parse_duration("1.5s") == 1500ms);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("6 h") == 6h);
    CHECK(parse_duration("0") == 0ms);
    for (const char* text : {"", "s", "5d", "5 min", "-5s", "1h30m", "99999999h", "1e9", "5M"})
        CHECK_MESSAGE(!parse_duration(text), text);
}

TEST_CASE("what people read") {
    CHECK(format_size(999) == "999 B");
    CHECK(format_size(1024) == "1.00 KiB");
    CHECK(format_size(1342177280) == "1.25 GiB");
    CHECK(format_duration(12ms) == "12 ms");
    CHECK(format_duration(12'340ms) == "12.3 s");
    CHECK(format_duration(125s) == "2 min 05 s");
    CHECK(format_duration(7500s) == "2 h 05 min");
}

TEST_CASE("numbers in groups of three") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1'000) == "1,000");
    CHECK(grouped(1'234'567) == "1,234,567");
}

} // namespace ferry
