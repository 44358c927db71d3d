#include "run_fixture.hpp"

#include "document/strict_json.hpp"

#include <algorithm>
#include <condition_variable>
#include <latch>

using namespace ferry;
using namespace ferry::test;

namespace {

int32_t fails(const FakeCall& call) {
    return call.fail(FERRY_FAILED, "broken", "it broke");
}

constexpr const char* kOpenPlan =
    R"x({"text":"(known after step a)/y","count":"(known after step a)","nested":{"depth":3}})x";
constexpr const char* kCompletePlan = R"({"text":"r1","count":8,"nested":{"depth":3}})";

} // namespace

TEST_CASE("steps run after what they need, and outputs are handed on with their types") {
    RunFixture fixture;
    fixture.tasks.on("a", [](const FakeCall& call) {
        call.output("text", R"("hello")");
        call.output("count", "5");
        call.output("files", R"([{"name":"x"},{"name":"y"}])");
        return FERRY_OK;
    });
    const RunResult result = fixture.run(R"({"name":"w","vars":{"v":"7"},"steps":[
      {"id":"b","task":"probe","needs":["a"],"with":{"text":"${steps.a.outputs.text}, ${steps.a.status} ${run.id}",
        "count":"${steps.a.outputs.count}","list":["${steps.a.outputs.files[1].name}"],"any":"${steps.a.outputs.files}"}},
      {"id":"a","task":"probe","with":{"count":"${vars.v}"}}]})");
    CHECK(result.status == RunStatus::succeeded);
    CHECK(result.exit_code() == 0);
    CHECK(statuses(result) == "b:succeeded a:succeeded");
    CHECK(fixture.tasks.started() == std::vector<std::string>{"a", "b"});
    CHECK(fixture.tasks.options_of("a") == std::vector<std::string>{R"({"count":7,"nested":{"depth":3}})"});
    CHECK(
        fixture.tasks.options_of("b") ==
        std::vector<std::string>{
            R"({"text":"hello, succeeded r1","count":5,"list":["y"],"any":[{"name":"x"},{"name":"y"}],"nested":{"depth":3}})"});
    CHECK(fixture.listener.lines() == std::vector<std::string>{"run r1", "start a 1", "finish a succeeded", "start b 1",
                                                               "finish b succeeded", "end succeeded"});
}

TEST_CASE("independent steps run side by side, up to jobs") {
    RunFixture fixture;
    std::latch both(2); // ends only if two are inside at once
    for (const char* id : {"a", "b"})
        fixture.tasks.on(id, [&](const FakeCall&) {
            both.arrive_and_wait();
            return FERRY_OK;
        });
    CHECK(fixture.run(R"({"steps":[{"id":"a","task":"probe"},{"id":"b","task":"probe"}]})").exit_code() == 0);
}

TEST_CASE("one job runs one step at a time, in the file's order") {
    RunFixture fixture;
    fixture.options.jobs = 1;
    CHECK(fixture.run(R"({"steps":[{"id":"c","task":"probe"},{"id":"a","task":"probe"},{"id":"b","task":"probe"}]})")
              .exit_code() == 0);
    CHECK(fixture.tasks.started() == std::vector<std::string>{"c", "a", "b"});
}

TEST_CASE("a failed step skips what depends on it, and says so") {
    RunFixture fixture;
    fixture.tasks.on("a", fails);
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"},
      {"id":"b","task":"probe","needs":["a"]},{"id":"c","task":"probe","needs":["b"]},{"id":"d","task":"probe"}]})");
    CHECK(statuses(result) == "a:failed b:skipped c:skipped d:succeeded");
    CHECK(result.status == RunStatus::failed);
    CHECK(result.exit_code() == 1);
    CHECK(result.steps[0].error.code == "broken");
    CHECK(result.steps[0].error.message == "it broke");
    CHECK(result.steps[1].error.code == "skipped");
    CHECK(result.steps[1].error.message == "step \"a\" failed");
    CHECK(result.steps[2].error.message == "step \"b\" was skipped");
    CHECK(fixture.listener.count("finish b skipped") == 1);
    CHECK(fixture.listener.count("finish c skipped") == 1);
}

TEST_CASE("when and allow_failure decide who runs after a failure") {
    const std::string steps = R"(
      {"id":"mend","task":"probe","needs":["a"],"when":"failure","with":{"text":"${steps.a.status}: ${steps.a.error.message}"}},
      {"id":"later","task":"probe","needs":["b"],"when":"failure"},
      {"id":"b","task":"probe","needs":["a"]},
      {"id":"tidy","task":"probe","needs":["b"],"when":"always","with":{"text":"${steps.b.status}"}}]})";
    SUBCASE("after a failure") {
        RunFixture fixture;
        fixture.tasks.on("a", fails);
        const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"},)" + steps);
        CHECK(statuses(result) == "a:failed mend:succeeded later:succeeded b:skipped tidy:succeeded");
        CHECK(result.status == RunStatus::failed);
        CHECK(fixture.tasks.options_of("mend").at(0).find("failed: it broke") != std::string::npos);
        CHECK(fixture.tasks.options_of("tidy").at(0).find("skipped") != std::string::npos);
    }
    SUBCASE("after success") {
        RunFixture fixture;
        const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"},)" + steps);
        CHECK(statuses(result) == "a:succeeded mend:skipped later:skipped b:succeeded tidy:succeeded");
        CHECK(result.status == RunStatus::succeeded);
    }
    SUBCASE("after a failure that is allowed") {
        RunFixture fixture;
        fixture.tasks.on("a", fails);
        const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe","allow_failure":true},)" + steps);
        CHECK(statuses(result) == "a:failed mend:succeeded later:skipped b:succeeded tidy:succeeded");
        CHECK(result.status == RunStatus::succeeded);
        CHECK(result.exit_code() == 0);
    }
}

TEST_CASE("a step that waits for a failure of nothing is skipped, with what needs it") {
    RunFixture fixture;
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe","when":"failure"},
      {"id":"b","task":"probe","needs":["a"]},{"id":"c","task":"probe"}]})");
    CHECK(statuses(result) == "a:skipped b:skipped c:succeeded");
    CHECK(result.exit_code() == 0);
}

TEST_CASE("a step is tried again as often as it says, and not after what cannot be mended") {
    RunFixture fixture;
    fixture.tasks.on("a", [](const FakeCall& call) { return call.attempt < 3 ? fails(call) : FERRY_OK; });
    fixture.tasks.on("b", fails);
    fixture.tasks.on("c", [](const FakeCall& call) { return call.fail(FERRY_REFUSED, "auth", "no rights"); });
    fixture.tasks.on("d", [](const FakeCall& call) { return call.fail(FERRY_INVALID, "options", "wrong"); });
    const RunResult result = fixture.run(R"({"steps":[
      {"id":"a","task":"probe","retry":{"attempts":3}},{"id":"b","task":"probe","retry":{"attempts":2,"delay":"1ms"}},
      {"id":"c","task":"probe","retry":{"attempts":3}},{"id":"d","task":"probe","retry":{"attempts":3}}]})");
    CHECK(statuses(result) == "a:succeeded b:failed c:failed d:failed");
    const auto started = fixture.tasks.started();
    const auto times = [&](const char* id) { return std::count(started.begin(), started.end(), id); };
    CHECK(times("a") == 3);
    CHECK(times("b") == 2);
    CHECK(times("c") == 1);
    CHECK(times("d") == 1);
    CHECK(fixture.listener.count("retry a") == 2);
    CHECK(fixture.listener.count("start a 3") == 1);
    CHECK(fixture.listener.count("finish a succeeded") == 1);
    CHECK(result.exit_code() == 4);
}

TEST_CASE("what depends on outputs is checked when it is known, and fails the step") {
    RunFixture fixture;
    fixture.tasks.on("a", [](const FakeCall& call) {
        call.output("count", "500");
        call.output("list", "[]");
        return FERRY_OK;
    });
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"},
      {"id":"range","task":"probe","needs":["a"],"with":{"count":"${steps.a.outputs.count}"}},
      {"id":"none","task":"probe","needs":["a"],"with":{"text":"${steps.a.outputs.cuont}"}},
      {"id":"index","task":"probe","needs":["a"],"with":{"text":"${steps.a.outputs.list[0]}"}},
      {"id":"inside","task":"probe","needs":["a"],"with":{"text":"x ${steps.a.outputs.list}"}}]})");
    CHECK(statuses(result) == "a:succeeded range:failed none:failed index:failed inside:failed");
    CHECK(result.exit_code() == 1);
    CHECK(fixture.tasks.started() == std::vector<std::string>{"a"});
    CHECK(result.steps[1].error.code == "options");
    CHECK(result.steps[1].error.message.find("/steps/1/with/count: 500") != std::string::npos);
    CHECK(result.steps[2].error.message.find("did you mean \"count\"?") != std::string::npos);
    CHECK(result.steps[3].error.message.find("an array of 0 without [0]") != std::string::npos);
    CHECK(fixture.listener.diagnostics().size() == 4);
}

TEST_CASE("the task's own check right before the run fails the step") {
    RunFixture fixture;
    fixture.tasks.complain("b", {{"", "/text", 0, 0, "bad text", "better", false}});
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"},
      {"id":"b","task":"probe","needs":["a"],"with":{"text":"${steps.a.status}"}}]})");
    CHECK(statuses(result) == "a:succeeded b:failed");
    CHECK(result.steps[1].error.message.find("/steps/1/with/text: bad text; better") != std::string::npos);
}

TEST_CASE("a token goes where it may, and into no message") {
    RunFixture fixture;
    fixture.env["SB_AUTH_TOKEN"] = "s3cret";
    fixture.env["COUNT"] = "9";
    SUBCASE("it reaches the command's env") {
        const RunResult result = fixture.run(
            R"({"steps":[{"id":"a","task":"command","with":{"command":["x"],"env":{"T":"${env.SB_AUTH_TOKEN}","N":"${env.COUNT}"}}}]})");
        CHECK(result.exit_code() == 0);
        CHECK(fixture.tasks.options_of("a").at(0).find(R"("T":"s3cret")") != std::string::npos);
        CHECK(fixture.tasks.options_of("a").at(0).find(R"("N":"9")") != std::string::npos);
    }
    SUBCASE("a task that complains about it does not show it") {
        fixture.tasks.complain("b", {{"", "/env/T", 0, 0, "s3cret", "better", false}});
        const RunResult result =
            fixture.run(R"({"steps":[{"id":"a","task":"probe"},{"id":"b","task":"command","needs":["a"],
          "with":{"command":["${steps.a.status}"],"env":{"T":"${env.SB_AUTH_TOKEN}"}}}]})");
        CHECK(statuses(result) == "a:succeeded b:failed");
        CHECK(result.steps[1].error.message.find("s3cret") == std::string::npos);
        for (const Diagnostic& diagnostic : fixture.listener.diagnostics())
            CHECK(to_text(diagnostic).find("s3cret") == std::string::npos);
    }
    SUBCASE("a dry run does not show it") {
        fixture.options.dry_run = true;
        fixture.run(
            R"({"steps":[{"id":"a","task":"command","with":{"command":["x"],"env":{"T":"${env.SB_AUTH_TOKEN}"}}}]})");
        for (const std::string& line : fixture.listener.lines())
            CHECK(line.find("s3cret") == std::string::npos);
        CHECK(fixture.tasks.options_of("a").at(0).find("s3cret") == std::string::npos);
    }
}

TEST_CASE("a dry run asks the tasks that can be asked, and shows the rest") {
    RunFixture fixture;
    fixture.options.dry_run = true;
    fixture.tasks.on("a", [](const FakeCall& call) {
        CHECK(call.dry_run);
        return FERRY_OK;
    });
    fixture.tasks.on("c", fails);
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"},
      {"id":"b","task":"probe","needs":["a"],"with":{"text":"${steps.a.outputs.x}/y","count":"${steps.a.outputs.n}"}},
      {"id":"c","task":"probe","needs":["b"],"with":{"text":"${run.id}"}},
      {"id":"d","task":"probe","needs":["b"],"when":"failure"}]})");
    CHECK(statuses(result) == "a:succeeded b:skipped c:skipped d:skipped");
    CHECK(result.exit_code() == 0);
    CHECK(fixture.listener.count("plan b open " + std::string(kOpenPlan)) == 1);
    CHECK(fixture.listener.count("plan c complete " + std::string(kCompletePlan)) == 1);
    CHECK(result.steps[2].error.message.find("it broke") != std::string::npos);
}

TEST_CASE("a dry run fails where the options are wrong whatever the steps before do") {
    RunFixture fixture;
    fixture.options.dry_run = true;
    fixture.tasks.on("a", fails);
    const RunResult result = fixture.run(R"({"steps":[{"id":"a","task":"probe"}]})");
    CHECK(result.exit_code() == 1);
}

TEST_CASE("a plugin that cannot be opened is exit code 3") {
    RunFixture fixture;
    fixture.tasks.on("a", [](const FakeCall& call) { return call.fail(FERRY_UNSUPPORTED, "plugin", "no"); });
    CHECK(fixture.run(R"({"steps":[{"id":"a","task":"probe"}]})").exit_code() == 3);
}

TEST_CASE("10,000 steps in a chain run, and are skipped, without recursion") {
    std::string text = R"({"steps":[{"id":"s0","task":"probe"})";
    for (int i = 1; i < 10'000; ++i)
        text += ",{\"id\":\"s" + std::to_string(i) + R"(","task":"probe","needs":["s)" + std::to_string(i - 1) + "\"]}";
    RunFixture fixture;
    SUBCASE("run") {
        CHECK(fixture.run(text + "]}").exit_code() == 0);
        CHECK(fixture.tasks.started().size() == 10'000);
    }
    SUBCASE("skipped") {
        fixture.tasks.on("s0", fails);
        const RunResult result = fixture.run(text + "]}");
        CHECK(result.steps.back().status == StepStatus::skipped);
        CHECK(fixture.tasks.started().size() == 1);
    }
}
