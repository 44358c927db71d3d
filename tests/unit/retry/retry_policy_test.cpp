#include "fake_clock.hpp"
#include "retry/retry_policy.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace ferry::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using V = Verdict;

// As near to 1 as it gets: every wait is its ceiling less a millisecond.
constexpr double highest = 1.0 - 1e-12;

} // namespace

TEST_CASE("the backoff's ceiling doubles from 500 ms to 30 s, and jitter fills all below it") {
    FakeClock clock;
    FixedRandom high(highest);
    FixedRandom none(0.0);
    const RetrySettings settings{.attempts = 100};
    RetryState longest(settings, clock, high);
    RetryState shortest(settings, clock, none);
    for (const int ceiling : {500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000}) {
        CHECK(longest.failed(V::transient, {}) == Duration(ceiling - 1));
        CHECK(shortest.failed(V::transient, {}) == Duration(0));
    }
}

TEST_CASE("random jitter stays below the ceiling and is not always the same") {
    FakeClock clock;
    SeededRandom random(1);
    const RetrySettings settings{.attempts = 1000};
    RetryState state(settings, clock, random);
    Duration least = hours(1);
    Duration most{0};
    for (int i = 0; i < 200; ++i) {
        const auto wait = state.failed(V::transient, {});
        REQUIRE(wait);
        CHECK(*wait < settings.cap);
        if (i >= 7) {
            least = std::min(least, *wait);
            most = std::max(most, *wait);
        }
    }
    CHECK(least < seconds(3));
    CHECK(most > seconds(27));
}

TEST_CASE("attempts count tries that met a server") {
    FakeClock clock;
    FixedRandom random(0.5);
    const RetrySettings settings{.attempts = 3};
    RetryState state(settings, clock, random);
    CHECK(state.failed(V::transient, {}));
    CHECK(state.failed(V::url_expired, {}));
    CHECK(state.reason().empty());
    CHECK_FALSE(state.failed(V::lost, {}));
    CHECK(state.attempts() == 3);
    CHECK(state.reason() == "3 tries failed");

    const RetrySettings once{.attempts = 1};
    RetryState single(once, clock, random);
    CHECK_FALSE(single.failed(V::transient, {}));
    CHECK(single.reason() == "1 try failed");
}

TEST_CASE("no answer, quota and maintenance are no attempts") {
    FakeClock clock;
    FixedRandom random(0.5);
    const RetrySettings settings{.attempts = 2};
    RetryState state(settings, clock, random);
    for (int i = 0; i < 50; ++i) {
        CHECK(state.failed(V::no_answer, {}));
        CHECK(state.failed(V::throttled, {}));
        CHECK(state.failed(V::maintenance, {}));
    }
    CHECK(state.attempts() == 0);
}

TEST_CASE("what cannot be repeated ends at once and gives no reason of its own") {
    FakeClock clock;
    FixedRandom random(0.5);
    const RetrySettings settings;
    RetryState state(settings, clock, random);
    for (const V verdict : {V::permanent, V::auth, V::conflict, V::vanished, V::cancelled, V::success}) {
        CHECK_FALSE(state.failed(verdict, {}));
        CHECK(state.reason().empty());
    }
    CHECK(state.attempts() == 0);
}

TEST_CASE("max_elapsed ends it, whatever the failures are, with a last try at its very end") {
    for (const V verdict : {V::no_answer, V::transient}) {
        FakeClock clock;
        CancelToken cancel;
        FixedRandom random(highest);
        const RetrySettings settings{.attempts = 1'000'000, .max_elapsed = minutes(10)};
        RetryState state(settings, clock, random);
        const Instant start = clock.now();
        while (const auto wait = state.failed(verdict, {}))
            REQUIRE(clock.wait_for(*wait, cancel));
        CHECK(clock.now() - start == minutes(10));
        CHECK(state.reason() == "no success within 10 min 00 s");
    }
}

TEST_CASE("elapsed time counts from the first failure, not from the start") {
    FakeClock clock;
    FixedRandom random(0.0);
    const RetrySettings settings{.max_elapsed = minutes(10)};
    RetryState state(settings, clock, random);
    clock.advance(hours(3)); // one long try
    CHECK(state.give_up_at() == clock.now() + minutes(10));
    CHECK(state.failed(V::transient, {}));
    clock.advance(minutes(9));
    CHECK(state.failed(V::transient, {}));
    CHECK(state.give_up_at() == clock.now() + minutes(1));
}

TEST_CASE("excused waiting moves the end, but only once something has failed") {
    FakeClock clock;
    FixedRandom random(0.0);
    const RetrySettings settings{.max_elapsed = minutes(1)};
    RetryState state(settings, clock, random);
    state.excuse(hours(1));
    CHECK(state.failed(V::transient, {}));
    CHECK(state.give_up_at() == clock.now() + minutes(1));
    clock.advance(hours(2));
    state.excuse(hours(2));
    CHECK(state.failed(V::transient, {}));
    clock.advance(minutes(1));
    CHECK_FALSE(state.failed(V::transient, {}));
}

TEST_CASE("the server's wish is honoured where it is longer, up to ten minutes") {
    FakeClock clock;
    FixedRandom random(highest);
    const RetrySettings settings{.attempts = 100};
    RetryState state(settings, clock, random);
    CHECK(state.failed(V::transient, seconds(20)) == seconds(20));
    CHECK(state.failed(V::transient, seconds(0)) == Duration(999));
    CHECK(state.failed(V::transient, hours(2)) == RetryState::told_max);
}

TEST_CASE("the first expired URL is replaced at once, further ones after backoff") {
    FakeClock clock;
    FixedRandom random(highest);
    const RetrySettings settings;
    RetryState state(settings, clock, random);
    CHECK(state.failed(V::url_expired, {}) == Duration(0));
    CHECK(state.failed(V::url_expired, {}) == Duration(999));
}

} // namespace ferry::test
