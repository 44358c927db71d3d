#include "diagnostic.hpp"

#include <doctest/doctest.h>

using namespace ferry;

TEST_CASE("a diagnostic is one line of what is known") {
    CHECK(to_text({"f.json", "/a", 3, 7, "found", "allowed", false}) == "f.json:3:7: /a: found; allowed");
    CHECK(to_text({"f.json", "", 0, 0, "found", "", false}) == "f.json: found");
    CHECK(to_text({"", "", 0, 0, "", "allowed", false}) == "allowed");
    CHECK(to_text({"", "/a", 0, 0, "found", "allowed", true}) == "/a: found; allowed");
}

TEST_CASE("warnings are no errors") {
    CHECK_FALSE(has_errors({}));
    CHECK_FALSE(has_errors({{"", "", 0, 0, "", "", true}}));
    CHECK(has_errors({{"", "", 0, 0, "", "", true}, {"", "", 0, 0, "", "", false}}));
}
