#include "base/clock.hpp"
#include "fake_clock.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace ferry::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

} // namespace

TEST_CASE("the machine's clock waits for a time that has passed not at all") {
    SystemClock clock;
    CancelToken cancel;
    CHECK(clock.wait_until(clock.now() - seconds(1), cancel));
    CHECK(clock.wait_for(Duration{0}, cancel));
}

TEST_CASE("a wait on the machine's clock ends when cancelled") {
    SystemClock clock;
    CancelToken cancel;
    bool elapsed = true;
    std::thread waiter([&] { elapsed = clock.wait_for(hours(1), cancel); });
    cancel.cancel();
    waiter.join();
    CHECK_FALSE(elapsed);
    CHECK_FALSE(clock.wait_for(hours(1), cancel));
}

TEST_CASE("the machine's clock never runs backwards and ends a wait no earlier than asked") {
    SystemClock clock;
    CancelToken cancel;
    const Instant start = clock.now();
    CHECK(clock.wait_until(start + Duration{5}, cancel));
    CHECK(clock.now() >= start + Duration{5});
}

TEST_CASE("an automatic fake clock jumps to the end of each wait") {
    FakeClock clock;
    CancelToken cancel;
    const Instant start = clock.now();
    const WallTime wall = clock.wall();
    CHECK(clock.wait_for(seconds(30), cancel));
    CHECK(clock.now() - start == seconds(30));
    CHECK(clock.wall() - wall == seconds(30));
    cancel.cancel();
    CHECK_FALSE(clock.wait_for(seconds(7), cancel));
    CHECK(clock.now() - start == seconds(30));
    CHECK(clock.waits() == std::vector<Duration>{seconds(30), seconds(7)});
}

TEST_CASE("a manual fake clock holds its waiters until it is advanced") {
    FakeClock clock(FakeClock::Mode::manual);
    CancelToken cancel;
    bool elapsed = false;
    std::thread waiter([&] { elapsed = clock.wait_for(seconds(10), cancel); });
    clock.await_waiters(1);
    clock.advance(seconds(4));
    clock.await_waiters(1); // still there
    clock.advance(seconds(6));
    waiter.join();
    CHECK(elapsed);
}

} // namespace ferry::test
