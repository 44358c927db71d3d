// Ends before the end: a stop, a timeout.
#include "run_fixture.hpp"

#include <atomic>
#include <csignal>
#include <thread>

using namespace ferry;
using namespace ferry::test;

namespace {

// Works until it is told to end, as a task should.
int32_t until_cancelled(const FakeCall& call) {
    while (!call.cancelled())
        std::this_thread::yield();
    return call.fail(FERRY_CANCELLED, "cancelled", "ended early");
}

} // namespace

TEST_CASE("a stop cancels what runs, and nothing else starts") {
    RunFixture fixture;
    fixture.options.jobs = 1;
    fixture.tasks.on("a", [&](const FakeCall& call) {
        fixture.stop.request(SIGTERM);
        return until_cancelled(call);
    });
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe","retry":{"attempts":5}},
      {"id":"b","task":"probe"},{"id":"c","task":"probe","needs":["a"],"when":"always"}]})");
    CHECK(statuses(result) == "a:failed b:skipped c:skipped");
    CHECK(result.status == RunStatus::interrupted);
    CHECK(result.exit_code() == 128 + SIGTERM);
    CHECK(result.steps[0].error.code == "cancelled");
    CHECK(result.steps[1].error.code == "cancelled");
    CHECK(fixture.tasks.started() == std::vector<std::string>{"a"});
    CHECK(fixture.listener.count("finish a failed") == 1);
    CHECK(fixture.listener.count("finish b skipped") == 1);
    CHECK(fixture.listener.count("finish c skipped") == 1);
    CHECK(fixture.listener.lines().back() == "end interrupted");
}

TEST_CASE("a stop before the start runs nothing") {
    RunFixture fixture;
    fixture.stop.request(SIGINT);
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"}]})");
    CHECK(statuses(result) == "a:skipped");
    CHECK(result.exit_code() == 128 + SIGINT);
}

TEST_CASE("a stop ends the wait for another attempt") {
    RunFixture fixture;
    fixture.tasks.on("a", [&](const FakeCall& call) { return call.fail(FERRY_FAILED, "broken", "it broke"); });
    fixture.tasks.on("b", [&](const FakeCall&) {
        // Once the other step waits for its next attempt, in an hour.
        while (fixture.listener.count("retry a") == 0)
            std::this_thread::yield();
        fixture.stop.request(SIGUSR1);
        return FERRY_OK;
    });
    const RunResult result = fixture.run(
        R"({"steps":[{"id":"a","task":"probe","retry":{"attempts":2,"delay":"1h"}},{"id":"b","task":"probe"}]})");
    CHECK(statuses(result) == "a:failed b:succeeded");
    CHECK(result.steps[0].error.message == "it broke");
    CHECK(result.exit_code() == 128 + SIGUSR1);
    CHECK(fixture.listener.count("finish a failed") == 1);
}

TEST_CASE("a stop that comes when all is done changes nothing") {
    RunFixture fixture;
    fixture.tasks.on("a", [&](const FakeCall&) {
        fixture.stop.request(SIGTERM);
        return FERRY_OK;
    });
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"}]})");
    CHECK(result.status == RunStatus::succeeded);
    CHECK(result.exit_code() == 0);
}

TEST_CASE("a timeout ends an attempt, and the next one gets its own") {
    RunFixture fixture;
    std::atomic<std::int64_t> now{1'000'000};
    fixture.options.now_ms = [&] { return now.load(); };
    fixture.tasks.on("a", [&](const FakeCall& call) {
        CHECK_FALSE(call.cancelled());
        now += 4'999;
        CHECK_FALSE(call.cancelled());
        now += 1;
        return until_cancelled(call);
    });
    const RunResult result = fixture.run(
        R"({"steps":[{"id":"a","task":"probe","timeout":"5s","retry":{"attempts":2}},{"id":"b","task":"probe","needs":["a"]}]})");
    CHECK(statuses(result) == "a:failed b:skipped");
    CHECK(result.steps[0].error.code == "timeout");
    CHECK(result.steps[0].error.message.find("5") != std::string::npos);
    CHECK(result.exit_code() == 1);
    CHECK(fixture.tasks.started().size() == 2);
}
