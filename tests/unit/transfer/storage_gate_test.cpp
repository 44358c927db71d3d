#include "transfer/storage_gate.hpp"

#include "fake_clock.hpp"
#include "recording_log.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace ferry::test {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t mebibyte = 1u << 20;

struct Fixture {
    FakeClock clock;
    RecordingLog log;
    StoragePace pace;
    StorageGate gate;
    StorageAccess access{gate, log};
    CancelToken cancel;

    explicit Fixture(int places) : gate(clock, pace, places) {}

    // One that is on its way.
    std::unique_ptr<StoragePassage> sending(std::uint64_t bytes) {
        auto passage = std::make_unique<StoragePassage>(access, cancel);
        REQUIRE(passage->enter(cancel));
        passage->begin(bytes);
        return passage;
    }
    void store(std::unique_ptr<StoragePassage> passage, std::uint64_t bytes) {
        passage->sent(bytes);
        passage->stored();
    }
};

// A slot that waits at the first door, on a thread of its own.
class Waiting {
  public:
    explicit Waiting(Fixture& fixture)
        : thread_([this, &fixture] {
            StoragePassage passage(fixture.access, fixture.cancel);
            ready_ = true;
            entered_ = passage.enter(fixture.cancel);
            ended_ = true;
        }) {}
    ~Waiting() { thread_.join(); }
    bool ready() const { return ready_; }
    bool entered() const { return entered_; }
    void await_ready() const { await(ready_); }
    void await_end() const { await(ended_); }

  private:
    static void await(const std::atomic<bool>& flag) {
        while (!flag)
            std::this_thread::yield();
    }
    std::atomic<bool> ready_{false};
    std::atomic<bool> entered_{false};
    std::atomic<bool> ended_{false};
    std::thread thread_;
};

} // namespace

TEST_CASE("no more parts are on their way than there are places, and each has a buffer of its own") {
    Fixture f(2);
    auto first = f.sending(100 * mebibyte);
    auto second = f.sending(100 * mebibyte);
    CHECK(f.gate.in_use() == 2);
    CHECK(first->buffer().size() == StorageGate::buffer_size);
    CHECK(first->buffer().data() != second->buffer().data());
    const std::byte* const lent = first->buffer().data();
    Waiting third(f);
    first.reset();
    third.await_end();
    CHECK(third.entered());
    auto fourth = f.sending(1);
    CHECK(fourth->buffer().data() == lent); // lent again, not made anew
}

TEST_CASE("the next gets ready when a part is nearly through, not before") {
    Fixture f(1);
    auto sending = f.sending(100 * mebibyte);
    Waiting next(f);
    f.clock.advance(10s);
    sending->sent(50 * mebibyte); // 5 MiB a second: ten seconds to go
    CHECK_FALSE(next.ready());
    f.clock.advance(9900ms);
    sending->sent(99'900 * 1024);
    CHECK_FALSE(next.ready());
    sending->sent(100 * mebibyte);
    next.await_ready();
    CHECK_FALSE(next.entered());
    CHECK(f.gate.in_use() == 1);
    sending.reset();
    next.await_end();
    CHECK(next.entered());
}

TEST_CASE("where the pace is known, a short part lets the next get ready at once") {
    Fixture f(1);
    f.pace.stored(100 * mebibyte, 1s);
    auto sending = f.sending(8 * mebibyte);
    Waiting next(f);
    next.await_ready();
    CHECK_FALSE(next.entered());
    sending.reset();
}

TEST_CASE("what getting ready takes is learnt, and begun earlier by that much") {
    Fixture f(1);
    f.pace.stored(10 * mebibyte, 10s); // 1 MiB a second
    for (int i = 0; i < 30; ++i) {
        StoragePassage passage(f.access, f.cancel);
        f.clock.advance(2s); // for a URL
        REQUIRE(passage.enter(f.cancel));
    }
    auto sending = f.sending(10 * mebibyte);
    Waiting next(f);
    f.clock.advance(6s);
    sending->sent(6 * mebibyte);
    CHECK_FALSE(next.ready()); // four seconds to go
    f.clock.advance(2s);
    sending->sent(8 * mebibyte);
    next.await_ready();
    sending.reset();
}

TEST_CASE("a stop ends every wait, and what has ended leaves no trace") {
    Fixture f(1);
    auto sending = f.sending(mebibyte);
    {
        Waiting one(f);
        Waiting other(f);
        f.cancel.cancel();
        one.await_end();
        other.await_end();
        CHECK_FALSE(one.entered());
        CHECK_FALSE(other.entered());
    }
    sending.reset();
    CHECK(f.gate.in_use() == 0);
    CancelToken fresh;
    StoragePassage again(f.access, fresh);
    CHECK(again.enter(fresh));
}

TEST_CASE("storage that asks for less gets half as many, once for all that were on their way together") {
    Fixture f(8);
    auto one = f.sending(1);
    auto other = f.sending(1);
    f.clock.advance(1s);
    one->slow_down("storage at s3 answered HTTP 503 SlowDown");
    other->slow_down("storage at s3 answered HTTP 503 SlowDown");
    CHECK(f.gate.limit() == 4);
    one.reset();
    other.reset();
    CHECK(f.log.contains(LogLevel::info,
                         "storage slows down (storage at s3 answered HTTP 503 SlowDown): at most 4 parts at once"));
    for (int expected : {2, 1, 1}) {
        f.clock.advance(1s);
        f.sending(1)->slow_down("it");
        CHECK(f.gate.limit() == expected);
    }
}

TEST_CASE("places come back one by one, a full round of stored parts for each") {
    Fixture f(4);
    f.sending(1)->slow_down("it");
    f.clock.advance(1s);
    f.sending(1)->slow_down("it");
    CHECK(f.gate.limit() == 1);
    int rounds = 0;
    for (int limit = 1; limit < 4; ++limit) {
        for (int i = 0; i < limit; ++i) {
            CHECK(f.gate.limit() == limit);
            f.store(f.sending(1), 1);
            ++rounds;
        }
    }
    CHECK(rounds == 6);
    CHECK(f.gate.limit() == 4);
    CHECK(f.log.contains(LogLevel::info, "the object storage keeps up again: 4 parts at once"));
    f.store(f.sending(1), 1);
    CHECK(f.gate.limit() == 4);
}

TEST_CASE("storage that slows down and keeps up again all night is told once in half an hour, with how often") {
    Fixture f(2);
    for (int i = 0; i < 40; ++i) { // a minute each
        f.clock.advance(30s);
        f.sending(1)->slow_down("it");
        f.clock.advance(30s);
        f.store(f.sending(1), 1);
        CHECK(f.gate.limit() == 2);
    }
    CHECK(f.log.count(LogLevel::info) == 4);
    CHECK(f.log.count(LogLevel::debug) == 76);
    CHECK(f.log.contains(LogLevel::info, "at most 1 part at once for now (and 29 times since this was told last)"));
    CHECK(f.log.lines()[1].text == "the object storage keeps up again: 2 parts at once");
    CHECK(f.log.lines()[1].level == LogLevel::info);
    CHECK(f.log.lines()[61].level == LogLevel::info); // the end of the one that was told
    CHECK(f.log.events().size() == 40);
}

TEST_CASE("the pace follows a line that changes, and small parts say nothing") {
    StoragePace pace;
    CHECK_FALSE(pace.bytes_per_second());
    pace.stored(1000, 1ms);
    CHECK_FALSE(pace.bytes_per_second());
    pace.stored(10 * mebibyte, 1s);
    CHECK(*pace.bytes_per_second() == doctest::Approx(10.0 * mebibyte));
    for (int i = 0; i < 20; ++i)
        pace.stored(10 * mebibyte, 10s);
    CHECK(*pace.bytes_per_second() < 1.1 * mebibyte);
    CHECK(*pace.bytes_per_second() > 0.9 * mebibyte);
}

TEST_CASE("steps that share a gate share its places, and each counts its own parts") {
    Fixture f(1);
    RecordingLog other_log;
    StorageAccess other{f.gate, other_log};
    auto first = f.sending(mebibyte);
    CHECK(f.access.in_use == 1);
    CHECK(other.in_use == 0);
    f.gate.widen(2);
    f.gate.widen(1); // never fewer
    CHECK(f.gate.limit() == 2);
    auto second = std::make_unique<StoragePassage>(other, f.cancel);
    REQUIRE(second->enter(f.cancel));
    second->begin(mebibyte);
    CHECK(other.in_use == 1);
    CHECK(f.gate.in_use() == 2);
    second->slow_down("503"); // told by the step that met it
    CHECK(f.gate.limit() == 1);
    CHECK(other_log.count(LogLevel::info) == 1);
    CHECK(f.log.count(LogLevel::info) == 0);
    first.reset();
    CHECK(f.access.in_use == 0);
}

} // namespace ferry::test
