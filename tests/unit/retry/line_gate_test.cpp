#include "fake_clock.hpp"
#include "recording_log.hpp"
#include "retry/retry_policy.hpp"
#include "scripted_transport.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void fail_times(LineGate& gate, int times) {
    for (int i = 0; i < times; ++i)
        gate.no_connection("connection to h:1 refused");
}

} // namespace

TEST_CASE("single bad tries do not make the line dead") {
    FakeClock clock;
    RecordingLog log;
    CancelToken cancel;
    LineGate gate(clock, log, "the platform", 4);
    fail_times(gate, 11);
    CHECK_FALSE(gate.dead());
    gate.met_server();
    fail_times(gate, 11);
    CHECK_FALSE(gate.dead());
    CHECK(gate.enter(clock.now() + hours(1), cancel));
    CHECK(clock.waits().empty());
    // A server that was never met may be a wrong setting: that is said at once, and once.
    CHECK(log.count(LogLevel::warn) == 1);
    CHECK(log.contains(LogLevel::warn, "the platform cannot be reached (connection to h:1 refused): trying on"));
}

TEST_CASE("a bad try after good ones is not worth a word") {
    FakeClock clock;
    RecordingLog log;
    LineGate gate(clock, log, "the platform", 4);
    gate.met_server();
    fail_times(gate, 3);
    CHECK(log.lines().empty());
}

TEST_CASE("failures on all slots make the line dead, and one caller probes every 30 s") {
    FakeClock clock;
    RecordingLog log;
    CancelToken cancel;
    LineGate gate(clock, log, "the platform", 4);
    const Instant start = clock.now();
    gate.met_server();
    fail_times(gate, 12);
    CHECK(gate.dead());
    CHECK(gate.next_try_in() == LineGate::probe_interval);
    for (int i = 1; i <= 3; ++i) {
        CHECK(gate.enter(start + hours(1), cancel));
        CHECK(clock.now() - start == i * seconds(30));
        gate.no_connection("connection to h:1 refused");
    }
    gate.met_server();
    CHECK_FALSE(gate.dead());
    CHECK(gate.next_try_in() == Duration(0));
    CHECK(gate.enter(start + hours(1), cancel));
    CHECK(clock.now() - start == seconds(90));
    // One line when it dies, one when it is back, the rest for those who look closely.
    CHECK(log.count(LogLevel::warn) == 1);
    CHECK(log.count(LogLevel::info) == 1);
    CHECK(log.count(LogLevel::debug) == 3);
    CHECK(log.contains(LogLevel::warn,
                       "the platform could not be reached for 0 ms (connection to h:1 refused): everything pauses"));
    CHECK(log.contains(LogLevel::info, "the platform is back after 1 min 30 s"));
    CHECK(log.events() ==
          std::vector<std::string>{R"(waiting_for_line {"peer":"the platform","reason":"connection to h:1 refused"})",
                                   R"(line_back {"peer":"the platform","after_ms":90000})"});
}

TEST_CASE("a few busy slots that fail for a minute are enough") {
    FakeClock clock;
    RecordingLog log;
    LineGate gate(clock, log, "the platform", 64);
    fail_times(gate, 2);
    clock.advance(minutes(2));
    CHECK_FALSE(gate.dead());
    gate.no_connection("connection to h:1 refused");
    CHECK(gate.dead());
}

TEST_CASE("waiting for the line ends at the caller's own limit") {
    FakeClock clock;
    RecordingLog log;
    CancelToken cancel;
    LineGate gate(clock, log, "the platform", 1);
    fail_times(gate, 3);
    const Instant limit = clock.now() + seconds(10);
    CHECK_FALSE(gate.enter(limit, cancel));
    CHECK(log.contains(LogLevel::warn, "everything pauses, and is given up in 10.0 s"));
    CHECK(clock.now() == limit);
    CHECK_FALSE(gate.enter(limit, cancel));
}

TEST_CASE("waiting for the line ends on cancel") {
    FakeClock clock(FakeClock::Mode::manual);
    RecordingLog log;
    CancelToken cancel;
    LineGate gate(clock, log, "the platform", 1);
    fail_times(gate, 3);
    bool entered = true;
    std::thread waiter([&] { entered = gate.enter(clock.now() + hours(1), cancel); });
    clock.await_waiters(1);
    cancel.cancel();
    waiter.join();
    CHECK_FALSE(entered);
    CHECK_FALSE(gate.enter(clock.now() + hours(1), cancel));
}

TEST_CASE("all who wait go on as soon as one has met a server") {
    FakeClock clock(FakeClock::Mode::manual);
    RecordingLog log;
    CancelToken cancel;
    LineGate gate(clock, log, "the platform", 4);
    fail_times(gate, 12);
    std::atomic<int> entered{0};
    std::vector<std::thread> slots;
    for (int i = 0; i < 4; ++i)
        slots.emplace_back([&] { entered += gate.enter(clock.now() + hours(1), cancel) ? 1 : 0; });
    clock.await_waiters(4);
    clock.advance(seconds(30)); // one of them probes
    while (entered == 0)
        std::this_thread::yield();
    clock.await_waiters(3);
    CHECK(entered == 1);
    gate.met_server(); // without the time going on
    for (std::thread& slot : slots)
        slot.join();
    CHECK(entered == 4);
}

TEST_CASE("outcomes tell the gate by themselves") {
    FakeClock clock;
    RecordingLog log;
    LineGate gate(clock, log, "the platform", 1);
    gate.note(failure(FailureKind::no_connection));
    gate.note(failure(FailureKind::no_connection));
    gate.note(failure(FailureKind::lost_answer)); // a server was met
    gate.note(failure(FailureKind::no_connection));
    gate.note(HttpFailure{FailureKind::proxy_refused, "x", 503});
    gate.note(failure(FailureKind::cancelled)); // says nothing
    gate.note(failure(FailureKind::body));
    CHECK_FALSE(gate.dead());
    gate.note(failure(FailureKind::no_connection));
    CHECK(gate.dead());
    gate.note(answer(503));
    CHECK_FALSE(gate.dead());
}

} // namespace ferry::test
