#include "batch/check_memo.hpp"

#include <doctest/doctest.h>

using namespace ferry;

TEST_CASE("a column that takes anything is looked at once for each kind of value") {
    int checks = 0;
    CheckMemo memo([&](const RowValues&) { return ++checks > 0; });
    CHECK_FALSE(memo.known({{"sample", "S1"}}));
    memo.remember({{"sample", "S1"}});
    CHECK(checks > 0);
    const int tried = checks;
    CHECK(memo.known({{"sample", "S1"}}));
    CHECK(memo.known({{"sample", "another-9.x_y"}}));
    for (const char* odd :
         {"17", "two words", "/a/b", "", "*", "${x}", "$(id)", "true", "\xC3\xA4", "-x", "a\"b", "{}"})
        CHECK_FALSE(memo.known({{"sample", odd}}));
    CHECK_FALSE(memo.known({{"other", "S1"}}));
    CHECK_FALSE(memo.known({{"sample", "S1"}, {"other", ""}}));
    CHECK_FALSE(memo.known({{"sample", std::string(65, 'x')}}));
    memo.remember({{"sample", "a*"}});
    CHECK(memo.known({{"sample", "$(id)"}}));
    CHECK(memo.known({{"sample", "\xC3\xA4 (1)"}}));
    memo.remember({{"sample", "17"}});
    CHECK(memo.known({{"sample", "4"}}));
    memo.remember({{"sample", "a/b c"}});
    CHECK(memo.known({{"sample", "/x/y.fq:2"}}));
    CHECK_FALSE(memo.known({{"sample", std::string(1001, 'x')}}));
    CHECK(checks <= 9 * tried);
}

TEST_CASE("a column that takes a choice is trusted only for what was seen") {
    CheckMemo memo([](const RowValues& row) { return row[0].second == "skip" || row[0].second == "fail"; });
    memo.remember({{"conflict", "skip"}, {"sample", "S1"}});
    CHECK(memo.known({{"conflict", "skip"}, {"sample", "S2"}}));
    CHECK_FALSE(memo.known({{"conflict", "fail"}, {"sample", "S2"}}));
    CHECK_FALSE(memo.known({{"conflict", "nonsense"}, {"sample", "S2"}}));
}

TEST_CASE("a limit of length or range is found") {
    CheckMemo memo([](const RowValues& row) { return row[0].second.size() <= 20 && row[1].second != "999999999"; });
    memo.remember({{"name", "short"}, {"n", "5"}});
    CHECK(memo.known({{"name", "short"}, {"n", "5"}}));
    CHECK_FALSE(memo.known({{"name", "other"}, {"n", "5"}}));
    CHECK_FALSE(memo.known({{"name", "short"}, {"n", "6"}}));
}

TEST_CASE("of a column that is no place for odd values, they are known only as themselves") {
    CheckMemo memo([](const RowValues& row) { return row[0].second != "*"; });
    memo.remember({{"x", "a("}});
    CHECK(memo.known({{"x", "a("}}));
    CHECK_FALSE(memo.known({{"x", "b("}}));
    CHECK_FALSE(memo.known({{"x", ""}}));
}
