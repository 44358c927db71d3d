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

    void answered(Verdict verdict, int status, std::initializer_list<HttpHeader> headers) {
        gate.answered(clock.now(), verdict, std::get<HttpResponse>(answer(status, {}, headers)), log);
    }
    void refused(std::initializer_list<HttpHeader> headers, Verdict verdict = Verdict::throttled) {
        answered(verdict, 429, headers);
    }
    void told(const std::string& limit, const std::string& remaining, const std::string& reset) {
        answered(Verdict::success, 200,
                 {{"X-RateLimit-Limit", limit}, {"X-RateLimit-Remaining", remaining}, {"X-RateLimit-Reset", reset}});
    }
    // A whole call; the time that it was waited for.
    Duration pause() {
        const auto permit = gate.before_call(cancel, log);
        REQUIRE(permit);
        return permit->waited();
    }
    bool may_go() { return std::holds_alternative<QuotaPermit>(gate.try_call(log)); }
};

constexpr Duration margin{2'000}; // 1 s for the headers' grain, 1 s of jitter
const std::string in_five_minutes = "1767225900";

} // namespace

TEST_CASE("nothing is waited for where answers tell nothing of a quota, or of none") {
    GateFixture f;
    CHECK(f.pause() == Duration(0));
    f.answered(Verdict::success, 200, {});
    CHECK(f.pause() == Duration(0));
    f.told("1000", "999", in_five_minutes);
    CHECK(f.pause() == Duration(0));
    f.told("-1", "9223372036854775807", in_five_minutes);
    CHECK(f.pause() == Duration(0));
    CHECK(f.log.lines().empty());
}

TEST_CASE("what cannot be true holds up no call") {
    for (const char* limit : {"1000", "0", "-5", "", "many", "9223372036854775807"}) {
        for (const char* remaining : {"0", "-1", "", "none", "9223372036854775807"}) {
            for (const char* reset : {"", "0", "-1", "soon", "1767225000", "1798761600", "9223372036854775807"}) {
                CAPTURE(std::string(limit));
                CAPTURE(std::string(remaining));
                CAPTURE(std::string(reset));
                GateFixture f;
                f.told(limit, remaining, reset);
                for (int i = 0; i < 5; ++i)
                    CHECK(f.pause() == Duration(0));
                CHECK(f.log.lines().empty());
            }
        }
    }
}

TEST_CASE("calls are spread before the quota is used up, of which each window has an event") {
    GateFixture f;
    f.told("1000", "480", in_five_minutes);
    Duration waited{0};
    for (int i = 479; i > 470; --i) {
        waited += f.pause();
        f.told("1000", std::to_string(i), in_five_minutes);
    }
    CHECK(waited > seconds(5)); // 430 calls in 5 min: 0.7 s for each
    CHECK(waited < seconds(7));
    CHECK(f.log.lines().size() == 1);
    CHECK(f.log.contains(
        LogLevel::info,
        "the platform's quota: 480 of 1000 calls left, calls are spread over the 5 min 00 s until its reset"));
    REQUIRE(f.log.events().size() == 1);
    CHECK(f.log.events()[0] == R"(throttled {"reason":"spread","calls_left":480,"calls_limit":1000,"wait_ms":300000})");
    f.told("1000", "0", in_five_minutes);
    CHECK(waited + f.pause() == minutes(5) + seconds(1));
    CHECK(f.log.lines().size() == 1);
    f.told("1000", "998", "1767226201"); // the next window
    CHECK(f.pause() == Duration(0));
    f.told("1000", "20", "1767226201");
    CHECK(f.pause() > minutes(4));
    CHECK(f.log.events().size() == 2);
    CHECK(f.log.count(LogLevel::info) == 1);
    CHECK(f.log.count(LogLevel::debug) == 1);
    CHECK(f.log.count(LogLevel::warn) == 0);
}

TEST_CASE("calls that are spread all night are told once in half an hour, with how often") {
    GateFixture f;
    for (int window = 1; window <= 12; ++window) { // of five minutes each
        f.told("1000", "100", std::to_string(1767225600 + 300 * window));
        f.pause();
        f.clock.advance(f.gate.level().pause +
                        Duration(1767225600'000 + 300'000 * window - f.clock.wall().time_since_epoch().count()));
    }
    CHECK(f.log.events().size() == 12);
    CHECK(f.log.count(LogLevel::info) == 2);
    CHECK(f.log.contains(LogLevel::info, "until its reset (and 5 times since this was told last)"));
}

TEST_CASE("a quota that is used up again and again, or maintenance, is told once in half an hour each") {
    GateFixture f;
    for (int i = 0; i < 12; ++i) {
        f.refused({{"Retry-After", "300"}});
        f.pause();
    }
    CHECK(f.log.events().size() == 12);
    CHECK(f.log.count(LogLevel::warn) == 2);
    CHECK(f.log.contains(LogLevel::warn, "go on by themselves (and 5 times since this was told last)"));
    f.refused({}, Verdict::maintenance);
    CHECK(f.log.count(LogLevel::warn) == 3);
}

TEST_CASE("neither a wrong clock of ours nor milliseconds matter to the spreading") {
    for (const int skew : {-86'400, 0, 86'400}) {
        for (const char* reset : {"1767225660", "1767225660000"}) {
            GateFixture f;
            f.clock.shift_wall(seconds(skew));
            f.answered(Verdict::success, 200,
                       {{"X-RateLimit-Limit", "1000"},
                        {"X-RateLimit-Remaining", "0"},
                        {"X-RateLimit-Reset", reset},
                        {"Date", "Thu, 01 Jan 2026 00:00:30 GMT"}});
            CHECK(f.pause() == seconds(30) + Duration(300)); // a short window has a short jitter
        }
    }
}

TEST_CASE("a call is in flight until its permit ends, whatever comes of it") {
    GateFixture f;
    auto one = f.gate.try_call(f.log);
    auto two = f.gate.try_call(f.log);
    REQUIRE(std::holds_alternative<QuotaPermit>(one));
    REQUIRE(std::holds_alternative<QuotaPermit>(two));
    CHECK_FALSE(f.may_go()); // nothing is known yet
    {
        const QuotaPermit moved = std::move(std::get<QuotaPermit>(one));
        CHECK_FALSE(f.may_go());
    }
    CHECK(f.may_go()); // no answer came
    CHECK(f.may_go());
    f.told("1000", "990", in_five_minutes);
    CHECK(f.may_go());
    CHECK(f.log.lines().empty());
}

TEST_CASE("the level is what the platform told last, until its window is over") {
    GateFixture f;
    CHECK(f.gate.level().limit == 0);
    f.told("1000", "480", in_five_minutes);
    CHECK(f.gate.level().limit == 1000);
    CHECK(f.gate.level().left == 480);
    CHECK(f.gate.level().pause == Duration(0));
    f.clock.advance(minutes(6));
    CHECK(f.gate.level().limit == 0);
}

TEST_CASE("the pause lasts until the reset, told in seconds or milliseconds") {
    for (const char* reset : {"1767225900", "1767225900000"}) {
        GateFixture f;
        f.refused({{"x-ratelimit-reset", reset}});
        CHECK(f.gate.level().pause == minutes(5) + margin);
        CHECK_FALSE(f.gate.level().maintenance);
        CHECK(f.pause() == minutes(5) + margin);
        CHECK(f.gate.level().pause == Duration(0));
        CHECK(f.pause() == Duration(0));
        CHECK(f.log.events() == std::vector<std::string>{R"(throttled {"reason":"quota","wait_ms":302000})"});
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
    f.gate.answered(f.clock.now(), Verdict::success, {}, f.log);
    for (const int expected : {30, 60, 120, 240, 300, 300}) {
        f.refused({{"X-RateLimit-Reset", "1767000000"}}); // past
        CHECK(f.pause() == seconds(expected) + margin);
    }
    f.gate.answered(f.clock.now(), Verdict::transient, {}, f.log); // an answer that is no refusal
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
    CHECK(f.log.events().front() == R"(throttled {"reason":"maintenance","wait_ms":32000})");
    f.refused({}, Verdict::maintenance);
    CHECK(f.gate.level().maintenance);
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
    gate.answered(clock.now(), Verdict::throttled, {}, log);
    std::atomic<int> through{0};
    std::vector<std::thread> slots;
    for (int i = 0; i < 4; ++i)
        slots.emplace_back([&] { through += gate.before_call(cancel, log) ? 1 : 0; });
    clock.await_waiters(4);
    CHECK(through == 0);
    clock.advance(seconds(31));
    for (std::thread& slot : slots)
        slot.join();
    CHECK(through == 4);
    CHECK(log.count(LogLevel::warn) == 1);
}

TEST_CASE("those who wait think again when an answer tells more, or a call ends") {
    FakeClock clock(FakeClock::Mode::manual);
    FixedRandom random(0.0);
    RecordingLog log;
    CancelToken cancel;
    QuotaGate gate(clock, random);
    const auto told = [&](const char* remaining, const char* reset) {
        gate.answered(clock.now(), Verdict::success,
                      std::get<HttpResponse>(
                          answer(200, {}, {{"X-RateLimit-Remaining", remaining}, {"X-RateLimit-Reset", reset}})),
                      log);
    };
    const auto in_a_thread = [&] { return std::thread([&] { CHECK(gate.before_call(cancel, log)); }); };
    told("0", "1767225900");
    std::thread slot = in_a_thread();
    clock.await_waiters(1);
    told("990", "1767226200"); // a call that was in flight finds the next window: no time passes here
    slot.join();

    QuotaGate other(clock, random);
    auto one = std::optional(other.before_call(cancel, log));
    auto two = std::optional(other.before_call(cancel, log));
    slot = std::thread([&] { CHECK(other.before_call(cancel, log)); });
    clock.await_waiters(1);
    two.reset();
    slot.join();
}

TEST_CASE("a cancel ends the waits of its caller at once, and of no other") {
    FakeClock clock(FakeClock::Mode::manual);
    FixedRandom random(0.0);
    RecordingLog log;
    CancelToken cancel;
    CancelToken other;
    QuotaGate gate(clock, random);
    gate.answered(
        clock.now(), Verdict::success,
        std::get<HttpResponse>(answer(200, {}, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1767225900"}})),
        log);
    std::thread stopped([&] { CHECK_FALSE(gate.before_call(cancel, log)); });
    std::thread patient([&] { CHECK(gate.before_call(other, log)); });
    clock.await_waiters(2);
    cancel.cancel();
    stopped.join();
    clock.await_waiters(1);
    clock.advance(minutes(5));
    patient.join();
}

TEST_CASE("a cancel ends the pause for its caller") {
    GateFixture f;
    f.refused({});
    f.clock.before_wait([&](Duration) { f.cancel.cancel(); });
    CHECK_FALSE(f.gate.before_call(f.cancel, f.log));
    CHECK_FALSE(f.gate.before_call(f.cancel, f.log));
}

TEST_CASE("of a short pause the jitter is a small part") {
    GateFixture f;
    f.refused({{"Retry-After", "4"}});
    CHECK(f.pause() == seconds(5) + Duration(200));
}

TEST_CASE("a reset that is just over costs the margin, but not again and again") {
    GateFixture f;
    f.refused({{"X-RateLimit-Reset", "1767225600"}});
    CHECK(f.pause() == seconds(1));
    f.refused({{"X-RateLimit-Reset", "1767225600"}});
    CHECK(f.pause() == seconds(60) + margin);
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
