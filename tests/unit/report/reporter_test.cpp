// A whole run as people and programs see it: real workflow, real runner, the task `command`.
#include "captured_console.hpp"
#include "document/strict_json.hpp"
#include "report/run_reporter.hpp"
#include "schema/validator.hpp"
#include "schemas.hpp"
#include "tasks/command_plugin.hpp"
#include "workflow/load.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

namespace ferry::test {
namespace {

struct Reported {
    CapturedConsole captured;
    std::string events;
    std::string plan;
    RunResult result;

    explicit Reported(const std::string& steps, bool dry_run = false) {
        const TempDir& dir = captured.dir;
        std::filesystem::create_directory(dir / "state");
        const std::string file = dir.write("w.json", R"({"name":"story","steps":[)" + steps + "]}").string();
        ProcessGroups groups;
        TaskRegistry registry;
        REQUIRE_FALSE(registry.add(make_command_plugin(std::make_shared<CommandSettings>(groups))));
        LoadRequest request;
        request.work_dir = dir.path().string();
        request.state_dir = (dir / "state").string();
        const LoadResult loaded = load_workflow(file, registry, request);
        for (const Diagnostic& found : loaded.diagnostics)
            MESSAGE(to_text(found));
        REQUIRE(loaded.workflow);
        const Log log(captured.console, FERRY_LOG_INFO);
        ProgressDisplay progress(captured.console, ProgressMode::none);
        const StopFlag stop;
        auto writer = EventWriter::open((dir / "events").string(), stop);
        RunReporter reporter(log, progress, std::move(std::get<std::unique_ptr<EventWriter>>(writer)), dry_run);
        RunOptions options;
        options.state_dir = request.state_dir;
        options.work_dir = request.work_dir;
        options.run_id = "run-1";
        options.dry_run = dry_run;
        result = run_workflow(*loaded.workflow, options, reporter, stop);
        events = read_file(dir / "events");
        plan = reporter.plan();
    }
};

} // namespace

TEST_CASE("the story of a run on standard error") {
    const Reported run(R"({"id":"good","task":"command","with":{"command":["true"]}},
                          {"id":"bad","task":"command","needs":["good"],"with":{"command":["false"]}},
                          {"id":"after","task":"command","needs":["bad"],"with":{"command":["true"]}})");
    const std::string text = run.captured.text();
    CAPTURE(text);
    CHECK(text.find("ferry: story: run run-1 of 3 steps\n") == 0);
    CHECK(text.find("ferry: [good] started (command)\nferry: [good] done in ") != std::string::npos);
    CHECK(text.find("ferry: error: [bad] failed after ") != std::string::npos);
    CHECK(text.find(": the command 'false' ended with exit code 1; it printed nothing\n") != std::string::npos);
    CHECK(text.find("ferry: [after] skipped: ") != std::string::npos);
    CHECK(text.find("ferry: story: failed in ") != std::string::npos);
    CHECK(text.ends_with(", 1 succeeded, 1 failed, 1 skipped\n"));
}

TEST_CASE("a retry and an allowed failure are warnings") {
    const Reported run(R"({"id":"bad","task":"command","allow_failure":true,"retry":{"attempts":2,"delay":0},
                           "with":{"command":["false"]}})");
    const std::string text = run.captured.text();
    CAPTURE(text);
    CHECK(text.find("ferry: warning: [bad] attempt 1 failed, the next follows in ") != std::string::npos);
    CHECK(text.find("ferry: [bad] attempt 2\n") != std::string::npos);
    CHECK(text.find("ferry: warning: [bad] failed (allowed) after ") != std::string::npos);
    CHECK(text.find("error:") == std::string::npos);
}

TEST_CASE("every event line is one that the schema admits") {
    const Reported run(R"({"id":"bad","task":"command","retry":{"attempts":2,"delay":0},"with":{"command":["false"]}},
                          {"id":"after","task":"command","needs":["bad"],"with":{"command":["true"]}})");
    const auto schema = std::get<Poco::Dynamic::Var>(parse_json(schemas::event())).extract<Poco::JSON::Object::Ptr>();
    const Validator validator(schema);
    std::string types;
    std::istringstream lines(run.events);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        const auto value = std::get<Poco::Dynamic::Var>(parse_json(line));
        for (const Diagnostic& found : validator.check(value))
            FAIL_CHECK(to_text(found));
        types += value.extract<Poco::JSON::Object::Ptr>()->getValue<std::string>("type") + " ";
    }
    CHECK(types == "run_started step_started step_retried step_started step_finished step_finished run_finished ");
}

TEST_CASE("a dry run is told as a plan, in an order in which it could run") {
    const Reported run(R"({"id":"last","task":"command","needs":["first"],
                           "with":{"command":["cat","${steps.first.outputs.o}"]}},
                          {"id":"first","task":"command","with":{"command":["touch","x"],"outputs":{"o":"x"}}})",
                       true);
    CAPTURE(run.plan);
    CHECK(run.plan.find("first: command\n") == 0);
    CHECK(run.plan.find("\nlast: command, after first\n    (some values are known later)\n") != std::string::npos);
    CHECK(run.plan.find(R"~(    command: ["cat","(known after step first)"])~") != std::string::npos);
    CHECK(run.captured.text().empty());
    CHECK_FALSE(std::filesystem::exists(run.captured.dir / "x"));
}

} // namespace ferry::test
