#include "captured_console.hpp"
#include "pty_console.hpp"
#include "report/progress_display.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace ferry::test {
namespace {

using std::chrono::seconds;

TaskProgress progress(std::uint64_t done, std::uint64_t total, std::uint64_t items = 0, std::uint64_t items_total = 0,
                      std::uint32_t in_flight = 0) {
    return {.bytes_done = done,
            .bytes_total = total,
            .items_done = items,
            .items_total = items_total,
            .in_flight = in_flight,
            .bytes_moved = done};
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
    display.step_progress("a", progress(10 * mib, 20 * mib, 1, 2, 3), start + seconds(5));
    display.step_progress("b", progress(15 * mib, 30 * mib, 0, 5, 1), start + seconds(5));
    display.step_progress("unknown", progress(mib, mib), start + seconds(5));
    CHECK(display.text(start + seconds(5)) ==
          "0/3 steps | 50 % of 50.00 MiB | 1/7 files | 5.00 MiB/s, 6 s left | 4 in flight | a, b");
    display.step_finished("a"); // what it did counts on, what it did not is not waited for any more
    CHECK(display.text(start + seconds(5)).find("1/3 steps | 62 % of 40.00 MiB | 1/6 files | ") == 0);
    display.step_finished("b");
    CHECK(display.text(start + seconds(6)).empty());
}

TEST_CASE("the first line has a rate, though nothing was drawn before it") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_steps(1, {"a"});
    display.step_started("a");
    display.step_progress("a", progress(0, 200 * mib), start);
    for (int second = 1; second <= 30; ++second)
        display.step_progress("a", progress(static_cast<std::uint64_t>(second) * 5 * mib, 200 * mib),
                              start + seconds(second));
    CHECK(display.text(start + seconds(30)) == "0/1 steps | 75 % of 200.00 MiB | 5.00 MiB/s, 11 s left | a");
}

TEST_CASE("retries, the quota and what is waited for are told") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_steps(1);
    display.step_started("a");
    TaskProgress told = progress(0, 10 * mib);
    told.retries = 1;
    told.api_calls_left = 812;
    told.api_calls_limit = 1000;
    told.waiting_for = "the platform";
    display.step_progress("a", told, start);
    CHECK(display.text(start) ==
          "0/1 steps | 0 % of 10.00 MiB | 1 retry | 812 of 1,000 API calls left | waiting for the platform | a");
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

TEST_CASE("the percentage of a batch counts what its running rows have done, and never goes back") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_steps(2);
    const auto now = ProgressDisplay::Clock::now();
    const auto share = [&] { return display.view(now)->share; };
    display.set_rows({0, 0, 2, 2});
    CHECK(share() == 0);
    display.step_started("row 1 a");
    display.step_started("row 2 a");
    display.step_progress("row 1 a", progress(5 * mib, 10 * mib));
    CHECK(share() == doctest::Approx(0.5 / 8));
    display.step_finished("row 1 a");
    CHECK(share() == doctest::Approx(1.0 / 8));
    display.step_started("row 1 b");
    CHECK(share() == doctest::Approx(1.0 / 8));
    display.step_progress("row 1 b", progress(0, 1000 * mib)); // more bytes, and nothing less done
    CHECK(share() == doctest::Approx(1.0 / 8));
    display.step_finished("row 1 b");
    CHECK(share() == doctest::Approx(2.0 / 8));
    display.set_rows({0, 1, 1, 2});
    CHECK(share() == doctest::Approx(2.0 / 8));
    display.set_rows({2, 2, 0, 0}); // not all of them told of their steps
    CHECK(share() == 1);
    CHECK(display.view(now)->over == ProgressView::Over::rows);
}

TEST_CASE("the percentage of steps that upload one after the other never goes back") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_steps(3, {"one", "two"});
    display.step_started("align");
    display.step_finished("align");
    display.step_started("one");
    display.step_progress("one", progress(8 * mib, 10 * mib), start);
    CHECK(display.text(start) == "1/3 steps | 40 % | 8.00 MiB of 10.00 MiB | one");
    CHECK_FALSE(display.view(start)->all_told);
    display.step_finished("one");
    display.step_started("two");
    display.step_progress("two", progress(0, 90 * mib), start);
    CHECK(display.text(start) == "2/3 steps | 50 % | 8.00 MiB of 98.00 MiB | two");
    CHECK(display.view(start)->all_told);
    ProgressDisplay alone(captured.console, ProgressMode::plain);
    alone.set_steps(2, {"one"});
    alone.step_started("one");
    alone.step_progress("one", progress(8 * mib, 10 * mib), start);
    CHECK(alone.text(start) == "0/2 steps | 80 % of 10.00 MiB | one");
}

TEST_CASE("files in work are those of all steps by turns, and what is whole comes last") {
    ProgressSums sums;
    sums.started("one");
    sums.started("two");
    TaskProgress told;
    told.items = {{"a", 10, 10}, {"b", 1, 10}, {"c", 2, 10}};
    sums.told("one", told);
    told.items = {{"x", 0, 0}, {"y", 3, 10}, {"z", 10, 10}};
    sums.told("two", told);
    const auto names = [&](std::size_t most) {
        std::string text;
        for (const ItemProgress& item : sums.items(most))
            text += item.name;
        return text;
    };
    CHECK(names(3) == "bxc");
    CHECK(names(9) == "bxcyaz");
}

TEST_CASE("rows of a dry run are planned, not done") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_rows({9, 1, 0, 88, "planned"});
    CHECK(display.text(ProgressDisplay::Clock::now()).find("9 rows planned, 1 failed, ") == 0);
}

TEST_CASE("a second attempt takes neither what is done nor the rate back") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::plain);
    display.set_steps(1);
    display.step_started("a");
    display.text(start);
    display.step_progress("a", progress(100 * mib, 100 * mib), start + seconds(10));
    display.step_started("a");
    display.step_progress("a", progress(0, 100 * mib), start + seconds(10));
    CHECK(display.text(start + seconds(10)) == "0/1 steps | 100 % of 100.00 MiB | 10.00 MiB/s | a");
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

TEST_CASE("a night of plain lines can be read: the longer it takes, the fewer they are") {
    using std::chrono::hours;
    CHECK(ProgressDisplay::plain_pause(seconds(0)) == seconds(30));
    CHECK(ProgressDisplay::plain_pause(seconds(180)) == seconds(30));
    CHECK(ProgressDisplay::plain_pause(hours(1)) == seconds(600));
    CHECK(ProgressDisplay::plain_pause(hours(100)) == seconds(1200));
    int lines = 0;
    for (std::chrono::milliseconds at{0}; at < hours(10); at += ProgressDisplay::plain_pause(at))
        ++lines;
    CHECK(lines < 60);
}

TEST_CASE("the summary counts all tasks that ever ran, in the time in which something moved") {
    CapturedConsole captured;
    ProgressDisplay display(captured.console, ProgressMode::none);
    CHECK(display.summary().empty());
    display.step_started("a");
    display.step_progress("a", progress(0, 4 * mib), start);
    display.step_progress("a", progress(2 * mib, 4 * mib), start + seconds(1));
    display.step_started("b");
    TaskProgress told = progress(2 * mib, 2 * mib, 3, 3);
    told.items_skipped = 1;
    told.api_calls = 1200;
    told.retries = 1;
    display.step_progress("b", told, start + seconds(100)); // nobody told of anything in between
    told.items_done = 4;
    display.step_progress("b", told, start + seconds(101));
    display.step_finished("a");
    display.step_finished("b");
    CHECK(display.summary() == "4 files (1 skipped), 4.00 MiB in 2.0 s (2.00 MiB/s), 1,200 API calls, 1 retry");
}

TEST_CASE("the bar fits the terminal, and is gone at the end") {
    ::setenv("TERM", "xterm", 1);
    PtyConsole terminal({12, 24, 0, 0});
    {
        ProgressDisplay display(*terminal.console, ProgressMode::automatic);
        display.start();
        display.step_started("a-step-that-does-not-fit");
        display.draw(start);
        display.stop();
    }
    CHECK(terminal.drawn() == "0/0 steps\r\x1b[2K");
}

TEST_CASE("modes by name") {
    CHECK(progress_mode("auto") == ProgressMode::automatic);
    CHECK(progress_mode("bar") == ProgressMode::bar);
    CHECK(progress_mode("plain") == ProgressMode::plain);
    CHECK(progress_mode("none") == ProgressMode::none);
    CHECK_FALSE(progress_mode("off"));
}

} // namespace ferry::test
