// The line to the platform, to its storage or to both is gone for a while, in the middle of an upload.
#include "job_fixture.hpp"
#include "scripted_transport.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace ferry::test {
namespace {

using std::chrono::minutes;

// Once a part has been put, nobody answers the calls of that kind ("" for all) for ten minutes.
class Outage {
  public:
    Outage(JobFixture& fixture, std::uint32_t after_part, std::string kind) : clock_(fixture.clock) {
        fixture.platform.hook = [this, after_part, kind](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            std::lock_guard lock(mutex_);
            if (!back_ && call.kind == "put" && call.part == after_part)
                back_ = clock_.now() + minutes(10);
            const bool away = back_ && clock_.now() < *back_ && (kind.empty() || call.kind == kind);
            return away ? std::optional(no_reply(FailureKind::no_connection)) : std::nullopt;
        };
    }

    // All of the time has passed.
    bool over() const { return back_ && clock_.now() >= *back_; }

  private:
    FakeClock& clock_;
    std::mutex mutex_;
    std::optional<Instant> back_;
};

// Knows, on any thread, that it was told of a wait.
struct WaitListener final : UploadListener {
    explicit WaitListener(std::string text) : wanted(std::move(text)) {}

    void file_done(const FileResult&) override {}
    void progress(const UploadProgress& progress, bool) override {
        std::lock_guard lock(mutex);
        told = told || progress.waiting_for.starts_with(wanted);
        changed.notify_all();
    }
    void event(const std::string&, const std::string&) override {}

    // Real time, and far more than it takes.
    bool await() {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(20), [this] { return told; });
    }

    const std::string wanted;
    std::mutex mutex;
    std::condition_variable changed;
    bool told = false;
};

UploadSummary run(JobFixture& f, UploadListener& listener) {
    const UploadEnvironment environment{f.platform, f.arena, f.quota, f.pace, f.clock, f.random, f.log};
    return run_upload(f.options, environment, listener, f.cancel);
}

} // namespace

TEST_CASE("that the quota is waited for is told before the first byte and after the last one, too") {
    for (const std::string kind : {"list", "edit"}) {
        CAPTURE(kind);
        JobFixture f;
        f.add("a", 25);
        f.options.metadata.pairs["k"] = "v";
        f.platform.hook = [kind](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == kind && call.nth == 1)
                return answer(429, "", {{"Retry-After", "300"}});
            return std::nullopt;
        };
        WaitListener listener("the platform's quota of calls, 5 min 0");
        bool told = false;
        f.clock.before_wait([&](Duration time) { // the job's own: nothing goes on until it returns
            if (time > minutes(4))
                told = listener.await();
        });
        CHECK(run(f, listener).status.ok());
        CHECK(told);
    }
}

TEST_CASE("that the platform cannot be reached is told before the first byte, too") {
    JobFixture f;
    f.add("a", 25);
    const Instant back = f.clock.now() + minutes(10);
    f.platform.hook = [&f, back](const Call&, CancelToken&) -> std::optional<HttpOutcome> {
        return f.clock.now() < back ? std::optional(no_reply(FailureKind::no_connection)) : std::nullopt;
    };
    WaitListener listener("the platform, which cannot be reached");
    bool told = false;
    bool asked = false;
    f.clock.before_wait([&](Duration) {
        if (!std::exchange(asked, f.log.contains(LogLevel::warn, "everything pauses")) && asked)
            told = listener.await();
    });
    CHECK(run(f, listener).status.ok());
    CHECK(told);
}

TEST_CASE("ten minutes without a line are waited out in the middle of an upload, and told in a handful of lines") {
    for (const std::string kind : {"", "sign", "put"}) {
        for (const int slots : {1, 4, 16}) {
            CAPTURE(kind);
            CAPTURE(slots);
            JobFixture f;
            f.options.parallel_parts = slots;
            f.options.retry.max_elapsed = std::chrono::hours(6);
            const std::string content = f.add("a", 2000);
            Outage outage(f, 20, kind);
            const UploadSummary summary = f.run();
            CHECK_MESSAGE(summary.status.ok(), summary.status.error().message);
            REQUIRE(outage.over());
            CHECK(f.platform.content("a") == content);
            CHECK(f.platform.files().size() == 1);
            CHECK(f.platform.open_uploads() == 0);
            CHECK(f.platform.count("init") == 1);
            CHECK(f.log.count(LogLevel::error) == 0);
            // Gone and back, for the platform and its storage, and the file's own line: not one for each of the tries.
            // Once more of each where an answer from before, delivered late, makes a line look alive.
            CHECK_MESSAGE(f.log.count(LogLevel::warn) <= 5, f.log.text(LogLevel::warn));
            CHECK_MESSAGE(f.log.count(LogLevel::info) <= 5, f.log.text(LogLevel::info));
            CHECK(f.log.contains(LogLevel::warn, "everything pauses"));
            CHECK(f.log.contains(LogLevel::info, "is back after"));
        }
    }
}

} // namespace ferry::test
