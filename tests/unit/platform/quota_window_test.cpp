#include "fake_clock.hpp"
#include "platform/quota_window.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace ferry::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Hold = QuotaWindow::Hold;

// A server whose clock is elsewhere, in windows of 300 s, the first of which begins with the test.
struct WindowFixture {
    static constexpr Instant start{Duration{5'000'000}};
    static constexpr WallTime server_start{Duration{1'767'225'600'000}};

    explicit WindowFixture(double chance = 0.5) : random(chance) {}

    WallTime server() const { return server_start + (now - start); }
    QuotaReading reading(std::uint64_t remaining, Duration end = seconds(300), std::uint64_t limit = 1000) const {
        return {.limit = limit, .remaining = remaining, .reset = server_start + end, .sent = server()};
    }
    void told(std::uint64_t remaining, Duration end = seconds(300), std::uint64_t limit = 1000) {
        window.told(reading(remaining, end, limit), now, now);
    }
    Instant go() {
        window.went(now);
        return now;
    }
    // A whole call that takes no time and leaves so many.
    void call(std::uint64_t remaining, Duration end = seconds(300), std::uint64_t limit = 1000) {
        const Instant started = go();
        told(remaining, end, limit);
        window.ended(started);
    }
    bool may_go() const { return window.next(now).hold == Hold::none; }
    // How long the next call is held, if nothing is heard meanwhile.
    Duration wait() const {
        const auto turn = window.next(now);
        CHECK((turn.hold == Hold::none) == (turn.at <= now));
        return turn.at - now;
    }
    // How many calls may be in flight at once.
    std::size_t most_flights() {
        std::vector<Instant> flights;
        while (may_go() && flights.size() < 10'000)
            flights.push_back(go());
        for (const Instant flight : flights)
            window.ended(flight);
        return flights.size();
    }

    FixedRandom random;
    Instant now = start;
    QuotaWindow window{random};
};

} // namespace

TEST_CASE("quota window: few calls go before the first answer, then as many as the rule allows") {
    WindowFixture f;
    CHECK(f.most_flights() == QuotaWindow::fresh_flight);
    f.told(999);
    CHECK(f.most_flights() > 100);
}

TEST_CASE("quota window: where answers tell nothing, nothing is limited") {
    WindowFixture f;
    f.window.told(std::nullopt, f.now, f.now);
    CHECK(f.most_flights() == 10'000);
    f.told(999); // until one does
    CHECK(f.most_flights() < 200);
    f.window.told(std::nullopt, f.now, f.now); // an error page of somebody in between
    CHECK(f.most_flights() < 200);
    f.now += minutes(10);
    CHECK(f.most_flights() == QuotaWindow::fresh_flight);
}

TEST_CASE("quota window: full speed while more than half is left, with a part of that in flight") {
    struct Row {
        std::uint64_t limit;
        std::uint64_t remaining;
        std::size_t most; // in flight: an eighth of what they leave
    };
    for (const Row& row :
         {Row{1000, 1000, 111}, Row{1000, 999, 111}, Row{1000, 700, 77}, Row{60, 60, 6}, Row{60, 40, 4}}) {
        CAPTURE(row.remaining);
        WindowFixture f;
        f.told(row.remaining, seconds(300), row.limit);
        CHECK(f.wait() == Duration{0});
        CHECK(f.most_flights() == row.most);
    }
    WindowFixture f;
    f.told(520);
    CHECK(f.most_flights() == 20); // with those, half is used
}

TEST_CASE("quota window: from half on, calls are spread evenly over the time to the reset, but for a reserve") {
    WindowFixture f(0); // no jitter
    f.now += seconds(100);
    f.told(451);
    f.call(450); // 400 calls in 200 s
    std::vector<Instant> calls;
    std::uint64_t remaining = 450;
    while (f.now < WindowFixture::start + seconds(300)) {
        const Duration wait = f.wait();
        if (wait > Duration{0}) {
            f.now += wait;
            continue;
        }
        calls.push_back(f.now);
        f.call(--remaining);
    }
    REQUIRE(calls.size() == 399); // the one at the very end is the next window's
    CHECK(remaining == 51);
    for (std::size_t i = 1; i < calls.size(); ++i) {
        CHECK(calls[i] - calls[i - 1] >= Duration{498});
        CHECK(calls[i] - calls[i - 1] <= Duration{502});
    }
}

TEST_CASE("quota window: what is left but the reserve has to last until the reset and a jitter") {
    for (const std::uint64_t remaining : {50u, 49u, 1u, 0u}) {
        WindowFixture f(0.5);
        f.told(remaining);
        CHECK(f.wait() == seconds(300) + seconds(1)); // half of at most 2 s
    }
    for (const std::uint64_t remaining : {3u, 0u}) { // 5 % of 60
        WindowFixture f(0.5);
        f.told(remaining, seconds(6), 60);
        CHECK(f.wait() == seconds(6) + Duration{60}); // of at most 2 % of the window
    }
    WindowFixture f(0); // a tiny window is not all reserve
    f.told(2, seconds(10), 6);
    CHECK(f.wait() == seconds(5));
}

TEST_CASE("quota window: calls in flight are taken off, and fewer may be when little is left") {
    WindowFixture f(0);
    f.told(54);
    CHECK(f.wait() == seconds(75));
    for (int i = 0; i < 4; ++i)
        f.go();
    CHECK(f.wait() == seconds(300)); // nothing is left but the reserve
    f.window.ended(f.now);
    f.window.ended(f.now); // whether they were counted is not told yet
    CHECK(f.wait() == seconds(150));

    WindowFixture g(0);
    g.told(10, seconds(6), 60);
    g.go();
    g.now += seconds(2);
    CHECK(g.window.next(g.now).hold == Hold::flight); // an eighth of nine is one
}

TEST_CASE("quota window: a call that takes long does not hold up the others") {
    WindowFixture f;
    const Instant one = f.go();
    const Instant two = f.go();
    CHECK(f.wait() == QuotaWindow::flight_time);
    f.now += seconds(4);
    CHECK(f.wait() == seconds(1));
    f.now += seconds(1);
    CHECK(f.may_go());
    f.window.ended(one);
    f.window.ended(two);
    CHECK(f.most_flights() == QuotaWindow::fresh_flight);
    f.window.ended(one); // twice, or never begun: no harm
    CHECK(f.most_flights() == QuotaWindow::fresh_flight);
}

TEST_CASE("quota window: answers out of order: the lowest number of a window counts") {
    WindowFixture f;
    f.told(700);
    f.told(650);
    f.told(690);
    CHECK(f.window.left(f.now) == 650);
    f.told(640, seconds(301)); // the same window: servers that reckon in seconds left round twice
    f.told(680, seconds(299));
    CHECK(f.window.left(f.now) == 640);
    f.told(999, seconds(600)); // a later reset
    CHECK(f.window.left(f.now) == 999);
    f.told(630); // late, of the window before
    CHECK(f.window.left(f.now) == 999);
    CHECK(f.window.until_reset(f.now) == seconds(600));
}

TEST_CASE("quota window: the reset is the earliest told, as a Date is up to a second old") {
    WindowFixture f(0);
    QuotaReading reading = f.reading(0);
    reading.sent -= Duration{900};
    f.window.told(reading, f.now, f.now);
    CHECK(f.wait() == seconds(300) + Duration{900});
    f.told(0);
    CHECK(f.wait() == seconds(300));
    f.window.told(reading, f.now, f.now);
    CHECK(f.wait() == seconds(300));
}

TEST_CASE("quota window: a new window begins anew, whoever finds it") {
    WindowFixture f(0);
    f.told(0);
    CHECK_FALSE(f.may_go());
    f.told(980, seconds(600)); // a call that was in flight tells
    CHECK(f.may_go());
    f.told(0, seconds(600));
    f.now += seconds(600);
    CHECK(f.most_flights() == QuotaWindow::fresh_flight); // its time has come: a few ask
    f.told(997, seconds(900));
    CHECK(f.most_flights() > 100);
}

TEST_CASE("quota window: after a reset, a late answer of the old window tells nothing") {
    WindowFixture f(0);
    f.told(10);
    const Instant early = f.now;
    f.now += seconds(300);
    f.window.told(f.reading(2), early, f.now);
    CHECK(f.most_flights() == QuotaWindow::fresh_flight);
}

TEST_CASE("quota window: resets that are rounded down are noticed once and waited for from then on") {
    WindowFixture f(0);
    f.told(10);
    f.now += seconds(300);
    CHECK(f.may_go());
    f.call(9); // still the old window
    CHECK(f.wait() == seconds(1));
    f.now += seconds(1);
    f.call(999, seconds(600));
    f.told(0, seconds(600));
    f.now = WindowFixture::start + seconds(600);
    CHECK(f.wait() == seconds(1));
    // A server whose resets mean nothing at all is not waited for any longer than that.
    for (int i = 0; i < 100; ++i) {
        f.now += std::max(f.wait(), Duration{100});
        f.call(0, seconds(600));
        CHECK(f.wait() <= QuotaReading::latest_end);
    }
}

TEST_CASE("quota window: of what is spread a process takes the share that it is used to having") {
    WindowFixture f(0);
    f.told(500);
    std::uint64_t remaining = 490;
    for (int i = 0; i < 40; ++i, remaining -= 8) // of eight calls seven are others'
        f.call(remaining);
    // Alone it would take 300 s / (178 - 50); an eighth to the power of 0.85 is 0.171.
    const double alone = 300'000.0 / static_cast<double>(f.window.left(f.now) - 50);
    CHECK(f.window.left(f.now) == 178);
    CHECK(static_cast<double>(f.wait().count()) > 4.5 * alone);
    CHECK(static_cast<double>(f.wait().count()) < 6.5 * alone);

    SUBCASE("and so it does at full speed in the next window, where the others may come any moment") {
        f.told(1000, seconds(600));
        std::uint64_t left = 1000;
        while (f.may_go() && left > 0)
            f.call(--left, seconds(600));
        CHECK(1000 - left > 55); // an eighth of 500, and a bit, as it was alone before
        CHECK(1000 - left < 90);
        // They do not: it gets ahead as fast as an even use of the whole window would.
        f.now += seconds(60);
        std::uint64_t more = 0;
        while (f.may_go() && left > 0 && ++more)
            f.call(--left, seconds(600));
        CHECK(left <= 900);
        CHECK(left > 780);
    }
    SUBCASE("and has all of it again some time after the others have gone") {
        f.told(500, seconds(600));
        std::uint64_t left = 500;
        while (f.now < WindowFixture::start + seconds(600)) {
            f.now += f.wait();
            if (f.may_go())
                f.call(--left, seconds(600));
        }
        CHECK(left < 60); // slower in the beginning than in the end
    }
}

TEST_CASE("quota window: others' bursts at full speed say nothing about shares") {
    WindowFixture f(0);
    f.told(1000);
    f.call(900);
    f.call(510);
    f.call(450);
    CHECK(f.wait() <= Duration{300'000 / 400 * 3});
}

TEST_CASE("quota window: nothing that is told holds calls for longer than the hour that a reading may have") {
    const std::uint64_t huge = std::uint64_t{1} << 62;
    for (const double chance : {0.0, 0.999}) {
        for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{7}, huge}) {
            for (const std::uint64_t remaining : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4}, huge}) {
                for (const Duration end : {Duration{-5'000}, Duration{0}, Duration{1'000}, Duration{3'600'000}}) {
                    CAPTURE(limit);
                    CAPTURE(remaining);
                    CAPTURE(end.count());
                    WindowFixture f(chance);
                    f.told(remaining, end, limit);
                    CHECK(f.wait() <= hours(1) + seconds(2));
                    for (int i = 0; i < 3; ++i) {
                        f.now += std::max(f.wait(), Duration{0});
                        CHECK(f.may_go());
                        f.call(remaining, end, limit);
                        CHECK(f.wait() <= hours(1) + seconds(2));
                    }
                }
            }
        }
    }
}

} // namespace ferry::test
