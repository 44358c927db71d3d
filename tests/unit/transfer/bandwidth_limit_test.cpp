#include "transfer/bandwidth_limit.hpp"

#include "fake_clock.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

namespace ferry::test {

using namespace std::chrono_literals;

TEST_CASE("without a limit nothing waits, and pieces are as large as they come") {
    FakeClock clock;
    CancelToken cancel;
    BandwidthLimit limit(clock, std::nullopt);
    CHECK(limit.piece() == std::numeric_limits<std::size_t>::max());
    for (int i = 0; i < 100; ++i)
        CHECK(limit.take(1u << 30, cancel));
    CHECK(clock.waits().empty());
}

TEST_CASE("a limit is held to the byte over time, smoothly, in pieces of a fiftieth of a second") {
    for (const std::uint64_t rate : {std::uint64_t{64'000}, std::uint64_t{1'000'000}, std::uint64_t{209'715'200}}) {
        CAPTURE(rate);
        FakeClock clock;
        CancelToken cancel;
        BandwidthLimit limit(clock, rate);
        CHECK(limit.piece() == rate / 50);
        const Instant start = clock.now();
        for (int i = 0; i < 500; ++i)
            REQUIRE(limit.take(limit.piece(), cancel));
        const auto took = static_cast<double>((clock.now() - start).count());
        CHECK(took == doctest::Approx(10'000).epsilon(0.01));
        const auto waits = clock.waits();
        CHECK(*std::max_element(waits.begin(), waits.end()) <= 21ms);
    }
}

TEST_CASE("what a pause leaves unused is lost: no burst follows it") {
    FakeClock clock;
    CancelToken cancel;
    BandwidthLimit limit(clock, 1'000'000);
    REQUIRE(limit.take(20'000, cancel));
    clock.advance(60s);
    const Instant start = clock.now();
    for (int i = 0; i < 50; ++i)
        REQUIRE(limit.take(20'000, cancel));
    CHECK(clock.now() - start >= 900ms);
}

TEST_CASE("a stop ends the wait for bandwidth") {
    FakeClock clock(FakeClock::Mode::manual);
    CancelToken cancel;
    BandwidthLimit limit(clock, 1000);
    CHECK(limit.take(100'000, cancel)); // the first goes at once, and all others wait for it
    cancel.cancel();
    CHECK_FALSE(limit.take(1, cancel));
}

} // namespace ferry::test
