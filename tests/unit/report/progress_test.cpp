#include "captured_console.hpp"
#include "report/progress_display.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include <pty.h>

namespace ferry::test {
namespace {

using std::chrono::seconds;

ferry_progress progress(std::uint64_t done, std::uint64_t total, std::uint64_t items = 0, std::uint64_t items_total = 0,
                        std::uint32_t in_flight = 0) {
    return {sizeof(ferry_progress), done, total, items, items_total, 0, in_flight};
}

constexpr std::uint64_t mib = 1u << 20;
const ProgressDisplay::Clock::time_point start{seconds(1000)};

} // namespace

TEST_CASE("the line sums over all running tasks") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    CHECK(display.text(start).empty());
    display.set_steps(3);
    display.step_started("a");
    display.step_started("b");
    CHECK(display.text(start) == "0/3 steps | a, b");
    display.step_progress("a", progress(10 * mib, 20 * mib, 1, 2, 3));
    display.step_progress("b", progress(15 * mib, 30 * mib, 0, 5, 1));
    display.step_progress("unknown", progress(mib, mib));
    CHECK(display.text(start + seconds(5)) ==
          "0/3 steps | 50 % of 50.00 MiB | 1/7 files | 5.00 MiB/s, 6.0 s left | 4 in flight | a, b");
    display.step_finished("a");
    CHECK(display.text(start + seconds(5)).find("1/3 steps | 50 % of 30.00 MiB") == 0);
    display.step_finished("b");
    CHECK(display.text(start + seconds(6)).empty());
}

TEST_CASE("of a batch the line tells rows, and how long the others may take") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_rows({0, 0, 0, 100});
    const auto now = ProgressDisplay::Clock::now();
    CHECK(display.text(now) == "0 rows done, 0 failed, 0 running, 100 left");
    display.set_rows({9, 1, 2, 88});
    display.step_started("row 11 align");
    display.step_started("row 12 align");
    const std::string text = display.text(now + seconds(1000));
    CHECK(text.find("9 rows done, 1 failed, 2 running, 88 left, about 2 h 30 min") == 0);
    CHECK(text.find(" | row 11 align, row 12 align") != std::string::npos);
}

TEST_CASE("rows of a dry run are planned, not done") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_rows({9, 1, 0, 88, "planned"});
    CHECK(display.text(ProgressDisplay::Clock::now()).find("9 rows planned, 1 failed, ") == 0);
}

TEST_CASE("a second attempt does not take the rate below zero") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_steps(1);
    display.step_started("a");
    display.text(start);
    display.step_progress("a", progress(100 * mib, 100 * mib));
    display.step_started("a");
    display.step_progress("a", progress(0, 100 * mib));
    CHECK(display.text(start + seconds(10)).find("| 10.00 MiB/s,") != std::string::npos);
}

TEST_CASE("plain lines are lines; none is nothing; a bar needs a terminal") {
    for (const ProgressMode mode : {ProgressMode::plain, ProgressMode::automatic, ProgressMode::bar}) {
        CapturedConsole captured;
        ProgressDisplay display(captured.console, mode);
        display.draw(start);
        CHECK(captured.text().empty());
        display.step_started("a");
        display.draw(start);
        CHECK(captured.text() == "ferry: 0/0 steps | a\n");
    }
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::none);
    display.start();
    display.step_started("a");
    display.draw(start);
    display.stop();
    CHECK(captured.text().empty());
}

TEST_CASE("the bar fits the terminal, and is gone at the end") {
    ::setenv("TERM", "xterm", 1);
    int outer = -1;
    int inner = -1;
    winsize size{24, 30, 0, 0};
    REQUIRE(::openpty(&outer, &inner, nullptr, nullptr, &size) == 0);
    const UniqueFd reading(outer);
    {
        const UniqueFd writing(inner);
        Console console(inner);
        ProgressDisplay display(console, ProgressMode::automatic);
        display.start();
        display.step_started("a-step-with-quite-a-long-name-that-does-not-fit");
        display.draw(start);
        display.stop();
    }
    char buffer[4096];
    std::string text;
    for (ssize_t got = 0; (got = ::read(outer, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    const std::string clear = "\r\x1b[K";
    const std::string line = "0/0 steps | a-step-with-quite-";
    CHECK(text == clear + line.substr(0, 29) + clear);
}

TEST_CASE("modes by name") {
    CHECK(progress_mode("auto") == ProgressMode::automatic);
    CHECK(progress_mode("bar") == ProgressMode::bar);
    CHECK(progress_mode("plain") == ProgressMode::plain);
    CHECK(progress_mode("none") == ProgressMode::none);
    CHECK_FALSE(progress_mode("off"));
}

} // namespace ferry::test
