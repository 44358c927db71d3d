#include "report/progress_view.hpp"
#include "report/text_columns.hpp"
#include "text_lines.hpp"

#include <doctest/doctest.h>

#include <clocale>

namespace ferry::test {
namespace {

constexpr std::uint64_t mib = 1u << 20;

ProgressView busy() {
    return {.count = "1/3 steps",
            .work = {.bytes_done = 42 * mib,
                     .bytes_total = 100 * mib,
                     .bytes_moved = 42 * mib,
                     .items_done = 3,
                     .items_total = 12,
                     .retries = 2,
                     .in_flight = 8},
            .bytes_per_second = 2 * mib,
            .calls_left = CallsLeft{812, 1000},
            .tasks = {"publish"},
            .running = 1,
            .items = {{"runs/sample_7.bam", 10 * mib, 40 * mib}, {"二番目の試料.bam", 0, 8 * mib}}};
}

} // namespace

TEST_CASE("the bar tells bytes, rate and time left, files, calls left, retries, and what is in flight") {
    const auto lines = lines_of(bar_progress(busy(), 100, 24));
    REQUIRE(lines.size() == 4);
    CHECK(lines[0] == "[########------------] 42 % of 100.00 MiB | 2.00 MiB/s, 30 s left | 3/12 files");
    CHECK(lines[1] == "1/3 steps | 8 in flight | 2 retries | 812 of 1,000 API calls left | publish");
    CHECK(lines[2] == "  runs/sample_7.bam   25 % of 40.00 MiB");
    CHECK(lines[3] == "  二番目の試料.bam     0 % of 8.00 MiB"); // as wide as the name above
    CHECK(columns_of(lines[3]) == columns_of(lines[2]) - 1);
}

TEST_CASE("of several steps the bar is over the steps, and their bytes are told without a percentage") {
    ProgressView view = busy();
    view.over = ProgressView::Over::steps;
    view.share = 0.25;
    CHECK(lines_of(bar_progress(view, 100, 24))[0] ==
          "[#####---------------] 25 % | 42.00 MiB of 100.00 MiB | 2.00 MiB/s, 30 s left | 3/12 files");
    view.all_told = false; // so nobody knows how long the rest takes
    CHECK(lines_of(bar_progress(view, 100, 24))[0] ==
          "[#####---------------] 25 % | 42.00 MiB of 100.00 MiB | 2.00 MiB/s | 3/12 files");
    CHECK(plain_progress(view).find("1/3 steps | 25 % | 42.00 MiB of 100.00 MiB | 3/12 files | 2.00 MiB/s | ") == 0);
}

TEST_CASE("of a batch the bar is over the rows, there is one estimate, and quota and retries have their place") {
    ProgressView view = busy();
    view.over = ProgressView::Over::rows;
    view.count = "120 rows done, 3 failed, 8 running, 869 left, about 12 min 05 s";
    view.share = 0.125;
    view.rows = 1000;
    view.tasks = {"row 124 publish-to-the-project", "row 125 publish-to-the-project"};
    view.running = 8;
    auto lines = lines_of(bar_progress(view, 79, 24));
    REQUIRE(lines.size() == 5);
    CHECK(lines[0] == "[##------------------] 12 % of 1,000 rows | 42.00 MiB | 2.00 MiB/s | 3 files");
    CHECK(lines[1] == view.count);
    CHECK(lines[2] == "8 in flight | 2 retries | 812 of 1,000 API calls left");
    CHECK(plain_progress(view).find(view.count + " | 42.00 MiB | 3 files | 2.00 MiB/s | 8 in flight | ") == 0);
    view = {.count = "0 rows done", .over = ProgressView::Over::rows, .rows = 1};
    CHECK(bar_progress(view, 79, 24) == "[--------------------] 0 % of 1 row\n0 rows done");
}

TEST_CASE("a part that does not fit leaves its place to the next") {
    ProgressView view = busy();
    view.bytes_per_second = 0;
    view.count = "a count that is wider than the terminal is, as it is with many steps";
    const auto lines = lines_of(bar_progress(view, 45, 24));
    CHECK(lines[0] == "[########------------] 42 % of 100.00 MiB");
    CHECK(lines[1] == "8 in flight | 2 retries | publish");
}

TEST_CASE("what is waited for has a line of its own") {
    ProgressView view = busy();
    view.waiting_for = "the platform's quota of calls, 2 min 05 s more";
    const auto lines = lines_of(bar_progress(view, 80, 24));
    CHECK(lines[2] == "waiting for the platform's quota of calls, 2 min 05 s more");
}

TEST_CASE("without bytes there is no bar") {
    const ProgressView view{.count = "0/2 steps", .tasks = {"align"}, .running = 5};
    CHECK(bar_progress(view, 80, 24) == "0/2 steps | align and 4 more");
}

TEST_CASE("on a narrow terminal a file keeps its percentage, and loses its size before its name") {
    const auto item = [](std::size_t columns) { return lines_of(bar_progress(busy(), columns, 24))[2]; };
    CHECK(item(60) == "  runs/sample_7.bam   25 % of 40.00 MiB");
    CHECK(item(30) == "  runs/sample_7.bam   25 %");
    CHECK(item(20) == "  runs/…7.bam   25 %");
    CHECK(item(12) == "  r…m   25 %");
}

TEST_CASE("no line is wider than asked for and no more of them, however small the terminal") {
    for (std::size_t columns = 1; columns <= 120; ++columns)
        for (std::size_t rows = 1; rows <= 5; ++rows) {
            CAPTURE(columns);
            const auto lines = lines_of(bar_progress(busy(), columns, rows));
            CHECK(lines.size() <= rows);
            for (const std::string& line : lines)
                CHECK(columns_of(line) <= columns);
        }
}

TEST_CASE("more bytes than there are, or none of none, are no more than all") {
    ProgressView view = busy();
    view.items = {{"a", 50, 10}, {"b", 0, 0}};
    const auto lines = lines_of(bar_progress(view, 80, 24));
    CHECK(lines[2].find("100 % of 10 B") != std::string::npos);
    CHECK(lines[3].find("  0 % of 0 B") != std::string::npos);
}

TEST_CASE("columns of narrow, wide, combining and broken text") {
    CHECK(columns_of("") == 0);
    CHECK(columns_of("sample.bam") == 10);
    CHECK(columns_of("Müller") == 6);
    CHECK(columns_of("試料") == 4);
    CHECK(columns_of("e\xCC\x81") == 1);
    CHECK(columns_of("a\xFF"
                     "b") == 3);
    CHECK(std::string(std::setlocale(LC_CTYPE, nullptr)) == "C"); // nobody's locale was changed
}

TEST_CASE("what does not fit loses its middle, never half a character") {
    CHECK(fit_columns("sample_0001.bam", 15) == "sample_0001.bam");
    CHECK(fit_columns("sample_0001.bam", 9) == "samp….bam");
    CHECK(fit_columns("試料試料試料", 8) == "試…試料");
    CHECK(fit_columns("試料試料試料", 7) == "試…試料");
    CHECK(fit_columns("abc", 1) == "…");
    CHECK(fit_columns("abc", 0).empty());
    CHECK(fit_columns("abe\xCC\x81"
                      "fg",
                      4) == "a…fg");
    for (std::size_t columns = 0; columns < 20; ++columns)
        CHECK(columns_of(fit_columns("a試bé料cd試料試料", columns)) <= columns);
}

} // namespace ferry::test
