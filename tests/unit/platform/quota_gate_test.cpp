#include "fake_clock.hpp"
#include "platform/quota_gate.hpp"
#include "recording_log.hpp"
#include "scripted_transport.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// The fake clock begins at 2026-01-01T00:00:00Z, 1767225600.
struct GateFixture {
    FakeClock clock;
    FixedRandom random{0.5}; // 1 s of jitter
    RecordingLog log;
    CancelToken cancel;
    QuotaGate gate{clock, random};

    void refused(std::initializer_list<HttpHeader> headers, Verdict verdict = Verdict::throttled) {
        gate.answered(verdict, std::get<HttpResponse>(answer(429, {}, headers)), log);
    }
    Duration pause() {
        const auto waited = gate.before_call(cancel);
        REQUIRE(waited);
        return *waited;
    }
};

constexpr Duration margin{2'000}; // 1 s for the headers' grain, 1 s of jitter

} // namespace

TEST_CASE("nothing is waited for until a call is refused") {
    GateFixture f;
    CHECK(f.pause() == Duration(0));
    f.gate.answered(
        Verdict::success,
        std::get<HttpResponse>(answer(200, {}, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1767225900"}})),
        f.log);
    CHECK(f.pause() == Duration(0));
    CHECK(f.log.lines().empty());
}

TEST_CASE("the pause lasts until the reset, told in seconds or milliseconds") {
    for (const char* reset : {"1767225900", "1767225900000"}) {
        GateFixture f;
        f.refused({{"x-ratelimit-reset", reset}});
        CHECK(f.pause() == minutes(5) + margin);
        CHECK(f.pause() == Duration(0));
        CHECK(f.log.count(LogLevel::warn) == 1);
        CHECK(f.log.contains(LogLevel::warn, "all calls wait 5 min 02 s"));
    }
}

TEST_CASE("a wrong clock of ours does not matter where the answer has a Date") {
    for (const int skew : {-86'400, 86'400}) {
        GateFixture f;
        f.clock.shift_wall(seconds(skew));
        f.refused({{"X-RateLimit-Reset", "1767225660"}, {"Date", "Thu, 01 Jan 2026 00:00:30 GMT"}});
        CHECK(f.pause() == seconds(30) + margin);
    }
}

TEST_CASE("without a usable reset Retry-After counts, then 30 s and longer") {
    GateFixture f;
    f.refused({{"X-RateLimit-Reset", "soon"}, {"Retry-After", "45"}});
    CHECK(f.pause() == seconds(45) + margin);
    f.gate.answered(Verdict::success, {}, f.log);
    for (const int expected : {30, 60, 120, 240, 300, 300}) {
        f.refused({{"X-RateLimit-Reset", "1767000000"}}); // past
        CHECK(f.pause() == seconds(expected) + margin);
    }
    f.gate.answered(Verdict::transient, {}, f.log); // an answer that is no refusal
    f.refused({});
    CHECK(f.pause() == seconds(30) + margin);
}

TEST_CASE("no answer stops all for ever") {
    for (const char* value : {"9223372036854775807", "253402300799", "99999999999"}) {
        GateFixture f;
        f.refused({{"X-RateLimit-Reset", value}});
        CHECK(f.pause() <= QuotaGate::latest_reset + margin);
        f.refused({{"Retry-After", value}});
        CHECK(f.pause() <= QuotaGate::latest_reset + margin);
    }
}

TEST_CASE("maintenance pauses all, longer each time") {
    GateFixture f;
    f.refused({{"X-RateLimit-Reset", "1767225601"}}, Verdict::maintenance); // that header is about something else
    CHECK(f.pause() == seconds(30) + margin);
    f.refused({}, Verdict::maintenance);
    CHECK(f.pause() == seconds(60) + margin);
    CHECK(f.log.contains(LogLevel::warn, "maintenance"));
}

TEST_CASE("calls that were on their way when the pause began neither prolong nor repeat it") {
    GateFixture f;
    f.refused({});
    f.clock.advance(seconds(1));
    f.refused({});
    f.refused({{"Retry-After", "31"}});
    CHECK(f.pause() == seconds(31)); // of the 32 that it began with
    CHECK(f.log.count(LogLevel::warn) == 1);
}

TEST_CASE("a later reset told during the pause prolongs it") {
    GateFixture f;
    f.refused({{"Retry-After", "30"}});
    f.refused({{"X-RateLimit-Reset", "1767225900"}});
    CHECK(f.pause() == minutes(5) + margin);
    CHECK(f.log.count(LogLevel::warn) == 1);
}

TEST_CASE("many callers share one pause") {
    FakeClock clock(FakeClock::Mode::manual);
    FixedRandom random(0.0);
    RecordingLog log;
    CancelToken cancel;
    QuotaGate gate(clock, random);
    gate.answered(Verdict::throttled, {}, log);
    std::atomic<int> through{0};
    std::vector<std::thread> slots;
    for (int i = 0; i < 4; ++i)
        slots.emplace_back([&] { through += gate.before_call(cancel) ? 1 : 0; });
    clock.await_waiters(4);
    CHECK(through == 0);
    clock.advance(seconds(31));
    for (std::thread& slot : slots)
        slot.join();
    CHECK(through == 4);
    CHECK(log.count(LogLevel::warn) == 1);
}

TEST_CASE("a cancel ends the pause for its caller") {
    GateFixture f;
    f.refused({});
    f.clock.before_wait([&](Duration) { f.cancel.cancel(); });
    CHECK_FALSE(f.gate.before_call(f.cancel));
    CHECK_FALSE(f.gate.before_call(f.cancel));
}

TEST_CASE("one gate for each endpoint and token") {
    FakeClock clock;
    FixedRandom random(0.0);
    QuotaRegistry registry(clock, random);
    const Url one{"https", "a.example", 443, "/v2"};
    const Url two{"https", "b.example", 443, "/v2"};
    QuotaGate& gate = registry.gate(one, Secret("t1"));
    CHECK(&registry.gate(one, Secret("t1")) == &gate);
    CHECK(&registry.gate(one, Secret("t2")) != &gate);
    CHECK(&registry.gate(two, Secret("t1")) != &gate);
}

} // namespace ferry::test
