// Rows that have steps in common.
#include "resume_fixture.hpp"
#include "workflow/shared_steps.hpp"

#include <atomic>
#include <thread>

using namespace ferry;
using namespace ferry::test;

namespace {

// a is the same whatever v is; b is not, and declares nothing; c declares nothing and is the same, too.
constexpr const char* kSteps = R"(
  {"id":"a","task":"command","with":{"command":["x"],"outputs":{"o":"out.txt"}}},
  {"id":"b","task":"command","needs":["a"],"with":{"command":["x","${vars.v}"]}},
  {"id":"c","task":"command","with":{"command":["y"]}})";

struct Rows : ResumeFixture {
    Rows() : ResumeFixture(kSteps) { options.shared = &shared; }
    SharedSteps shared;

    RunResult row(const std::string& value) {
        LoadRequest own = request;
        own.vars = {{"v", value}};
        const auto loaded = load_workflow((dir / "w.json").string(), tasks.registry(), own);
        REQUIRE(loaded.workflow);
        LinesListener listener;
        return run_workflow(*loaded.workflow, options, listener, *stop);
    }
};

std::string statuses(const RunResult& result) {
    std::string out;
    for (const StepResult& step : result.steps)
        out += (out.empty() ? "" : " ") + step.id + ":" + to_string(step.status);
    return out;
}

} // namespace

TEST_CASE("a step that is the same in all rows and makes files is done by one, once, while the others wait") {
    Rows f;
    f.dir.write("w.json", f.text);
    std::atomic<int> at_once{0};
    std::atomic<int> done{0};
    f.tasks.on("a", [&](const FakeCall&) {
        CHECK(++at_once == 1);
        std::this_thread::yield();
        f.dir.write("out.txt", "made");
        ++done;
        --at_once;
        return FERRY_OK;
    });
    std::vector<std::thread> threads;
    std::atomic<int> cached{0};
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            const RunResult result = f.row(std::to_string(i));
            CHECK(result.status == RunStatus::succeeded);
            CHECK(result.steps[2].status == StepStatus::succeeded);
            cached += result.steps[0].status == StepStatus::cached ? 1 : 0;
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(done == 1);
    CHECK(cached == 3);
}

TEST_CASE("what an earlier batch did is done again, and what one row could not do another tries") {
    Rows f;
    f.dir.write("w.json", f.text);
    f.makes("a", "out.txt");
    CHECK(statuses(f.row("1")) == "a:succeeded b:succeeded c:succeeded");
    CHECK(statuses(f.row("2")) == "a:cached b:succeeded c:succeeded");
    f.options.run_id = "run-2";
    f.fails("a");
    CHECK(statuses(f.row("1")) == "a:failed b:skipped c:succeeded");
    f.makes("a", "out.txt");
    CHECK(statuses(f.row("2")) == "a:succeeded b:succeeded c:succeeded");
}

TEST_CASE("who waits for a step that another has in work is let go by a stop") {
    SharedSteps steps;
    const auto held = steps.hold("k", [] { return false; });
    CHECK(held);
    CHECK_FALSE(steps.hold("k", [] { return true; }));
    CHECK(steps.hold("other", [] { return true; }));
}
