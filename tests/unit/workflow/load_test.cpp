// What the one-rule documents of tests/data/config cannot show.
#include "fake_tasks.hpp"
#include "temp_dir.hpp"

#include "document/strict_json.hpp"
#include "schema/json_value.hpp"
#include "workflow/load.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sys/stat.h>

using namespace ferry;
using test::FakeTasks;
using test::TempDir;

namespace {

LoadResult load_text(const std::string& text, FakeTasks& tasks, const LoadRequest& request = {}) {
    const TempDir dir;
    return load_workflow(dir.write("w.json", text), tasks.registry(), request);
}

std::string told(const LoadResult& result) {
    std::string out;
    for (const Diagnostic& diagnostic : result.diagnostics)
        out += to_text(diagnostic) + "\n";
    return out;
}

std::string chain(std::size_t length) {
    std::string text = R"({"steps":[{"id":"s0","task":"probe"})";
    for (std::size_t i = 1; i < length; ++i)
        text += ",{\"id\":\"s" + std::to_string(i) + R"(","task":"probe","needs":["s)" + std::to_string(i - 1) +
                R"("],"with":{"text":"${steps.s)" + std::to_string(i % 10 == 0 ? 0 : i - 1) + R"(.outputs.x}"}})";
    return text + "]}";
}

} // namespace

TEST_CASE("the model is what the file says") {
    const TempDir dir;
    const auto file = dir.write("sub/flow.json", R"({
      "vars": { "a": 1, "b": "x" },
      "steps": [
        { "id": "one", "task": "probe", "with": { "text": "${vars.b}" }, "timeout": "1.5m", "retry": { "attempts": 3, "delay": 0.25 } },
        { "id": "two", "task": "command", "needs": ["one"], "with": { "command": ["true"] }, "when": "failure", "allow_failure": true } ]
    })");
    FakeTasks tasks;
    LoadRequest request;
    request.vars = {{"b", "given"}};
    const LoadResult result = load_workflow(file, tasks.registry(), request);
    REQUIRE_MESSAGE(result.workflow, told(result));
    const Workflow& workflow = *result.workflow;
    CHECK(workflow.name == "flow");
    CHECK(workflow.directory == (dir / "sub").string());
    CHECK(to_json(workflow.vars.at("a")) == "1");
    CHECK(to_json(workflow.vars.at("b")) == R"("given")");
    REQUIRE(workflow.steps.size() == 2);
    const Step& one = workflow.steps[0];
    CHECK(one.entry == tasks.registry().find("probe"));
    CHECK(one.timeout == std::chrono::seconds(90));
    CHECK(one.retry.attempts == 3);
    CHECK(one.retry.delay == std::chrono::milliseconds(250));
    CHECK(to_json(one.with) == R"({"text":"${vars.b}"})");
    const Step& two = workflow.steps[1];
    CHECK(two.needs == std::vector<std::size_t>{0});
    CHECK(two.when == When::failure);
    CHECK(two.allow_failure);
    CHECK(two.with_pointer == "/steps/1/with");
    CHECK(workflow.token_variables == std::set<std::string>{"SB_AUTH_TOKEN"});
}

TEST_CASE("a template gives each set of variables a workflow of its own") {
    const TempDir dir;
    FakeTasks tasks;
    Diagnostics problems;
    const auto file = dir.write("w.json", R"({"vars":{"a":null,"b":"x"},"steps":[
      {"id":"one","task":"probe","with":{"text":"${vars.a}","count":"${vars.b}"}}]})");
    const auto made = WorkflowTemplate::read(file, tasks.registry(), problems);
    REQUIRE(made);
    CHECK(made->declared() == std::map<std::string, bool>{{"a", true}, {"b", false}});
    CHECK_FALSE(made->lacks_tasks());
    CHECK(made->problems().empty());
    LoadRequest request;
    request.vars = {{"a", "1"}, {"b", "2"}};
    const LoadResult first = made->load(request);
    REQUIRE_MESSAGE(first.workflow, told(first));
    request.vars = {{"a", "other"}, {"b", "3"}};
    const LoadResult second = made->bind(request);
    REQUIRE(second.workflow);
    CHECK(to_json(first.workflow->vars.at("a")) == R"("1")");
    CHECK(to_json(second.workflow->vars.at("a")) == R"("other")");
    request.vars = {{"a", "1"}};
    CHECK(told(made->load(request)) == told(load_workflow(file, tasks.registry(), request)));
    CHECK(made->load(request).exit_code() == 2); // b is no count
    CHECK(made->load({}).exit_code() == 2);      // a is not given
    CHECK_FALSE(WorkflowTemplate::read(dir.write("bad.json", "{"), tasks.registry(), problems));
    CHECK(problems.size() == 1);
}

TEST_CASE("a token that a variable was given is in no message") {
    FakeTasks tasks;
    LoadRequest request;
    request.environment = [](std::string_view name) {
        return name == "MYTOK" ? std::optional<std::string>("supersecret-value") : std::nullopt;
    };
    const LoadResult result = load_text(R"({"vars":{"t":"${env.MYTOK}","u":{"deep":["x ${env.MYTOK}"]}},"steps":[
        {"id":"a","task":"probe","with":{"token_env":"MYTOK","count":"${vars.t}","list":"${vars.u}"}}]})",
                                        tasks, request);
    CHECK(result.exit_code() == 2);
    CHECK(told(result).find("is a token") != std::string::npos);
    CHECK(told(result).find("supersecret") == std::string::npos);
    CHECK(result.token_variables.count("MYTOK") == 1);
}

TEST_CASE("times too long to keep are refused, not taken for no time at all") {
    FakeTasks tasks;
    const LoadResult result = load_text(
        R"({"steps":[{"id":"a","task":"probe","timeout":"99999999h","retry":{"attempts":2,"delay":"99999h"}}]})",
        tasks);
    CHECK(told(result).find("/steps/0/timeout: \"99999999h\"; allowed: at most ten years") != std::string::npos);
    CHECK(told(result).find("/steps/0/retry/delay: \"99999h\"; allowed: at most ten years") != std::string::npos);
}

TEST_CASE("a file whose name is no UTF-8 has a name for people") {
    FakeTasks tasks;
    const TempDir dir;
    const auto file = dir.write("w\xFF.json", R"({"steps":[{"id":"a","task":"probe"}]})");
    const LoadResult result = load_workflow(file, tasks.registry(), {});
    REQUIRE_MESSAGE(result.workflow, told(result));
    CHECK(result.workflow->name == "w\\xFF");
    const auto below = dir.write("d\xFF/w.json", R"({"steps":[
        {"id":"a","task":"probe","with":{"text":"${workflow.dir}"}}]})");
    CHECK(told(load_workflow(below, tasks.registry(), {})).find("folder is not UTF-8") != std::string::npos);
}

TEST_CASE("files that are none are refused without waiting") {
    const TempDir dir;
    FakeTasks tasks;
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    std::filesystem::create_directory(dir / "folder");
    for (const std::string& file : {(dir / "pipe").string(), (dir / "folder").string(), (dir / "none").string(),
                                    std::string("/dev/zero"), std::string()}) {
        CAPTURE(file);
        const LoadResult result = load_workflow(file, tasks.registry(), {});
        CHECK(result.exit_code() == 2);
        REQUIRE(result.diagnostics.size() == 1);
        CHECK(result.diagnostics[0].file == file);
    }
}

TEST_CASE("hostile documents are refused in words") {
    FakeTasks tasks;
    const std::string deep(100'000, '[');
    CHECK(load_text(R"({"steps":)" + deep, tasks).exit_code() == 2);
    CHECK(load_text(std::string("\xff\xfe{}"), tasks).exit_code() == 2);
    CHECK(load_text(std::string("{}\0", 3), tasks).exit_code() == 2);
    CHECK(load_text("\xEF\xBB\xBF"
                    R"({"steps":[{"id":"a","task":"probe"}]})",
                    tasks)
              .exit_code() == 0);
    const std::string huge(3'000'000, 'x');
    const LoadResult long_id = load_text(R"({"steps":[{"id":")" + huge + R"(","task":"probe"}]})", tasks);
    CHECK(long_id.exit_code() == 2);
    CHECK(told(long_id).size() < 10'000);
    const LoadResult long_key =
        load_text(R"({"steps":[{"id":"a","task":"probe","with":{"env":{")" + huge + R"(":1}}}]})", tasks);
    CHECK(long_key.exit_code() == 2);
    const LoadResult controls = load_text(R"({"steps":[{"id":"a\u001b[2J","task":"\u202e"}]})", tasks);
    CHECK(controls.exit_code() == 2);
    CHECK(told(controls).find('\x1b') == std::string::npos);
    CHECK(told(controls).find("\u202e") == std::string::npos);
    const LoadResult integer =
        load_text(R"({"steps":[{"id":"a","task":"probe","with":{"any":18446744073709551615}}]})", tasks);
    CHECK(integer.exit_code() == 2);
    const LoadResult zero = load_text(R"({"steps":[{"id":"a","task":"probe","with":{"any":"a\u0000b"}}]})", tasks);
    CHECK(zero.exit_code() == 2);
}

TEST_CASE("10,000 steps in a chain are checked, references far upstream too") {
    FakeTasks tasks;
    const LoadResult result = load_text(chain(10'000), tasks);
    REQUIRE_MESSAGE(result.workflow, told(result));
    CHECK(result.workflow->order.size() == 10'000);
}

TEST_CASE("a very long list of problems is cut") {
    FakeTasks tasks;
    std::string text = R"({"steps":[{"id":"a","task":"probe","with":{"list":[1)";
    for (int i = 0; i < 20'000; ++i)
        text += ",1";
    const LoadResult result = load_text(text + "]}}]}", tasks);
    CHECK(result.exit_code() == 2);
    REQUIRE(result.diagnostics.size() == 201);
    CHECK(result.diagnostics.back().found == "there may be more mistakes");
}

TEST_CASE("a task of a plugin that could not be loaded is exit code 3, with its reason") {
    FakeTasks tasks;
    tasks.registry().add_failure({"/p/other.so", "it exports no ferry_plugin_query"});
    const LoadResult missing = load_text(R"({"steps":[{"id":"a","task":"download"}]})", tasks);
    CHECK(missing.exit_code() == 3);
    CHECK(told(missing).find("it exports no ferry_plugin_query") != std::string::npos);
    // A typo of a task that is there is a typo.
    CHECK(load_text(R"({"steps":[{"id":"a","task":"prob"}]})", tasks).exit_code() == 2);
    // A broken plugin fails only the workflows that need it.
    CHECK(load_text(R"({"steps":[{"id":"a","task":"probe"}]})", tasks).exit_code() == 0);
}

TEST_CASE("the task's own check counts, but not for what it could not know") {
    FakeTasks tasks;
    const Diagnostics problems = {{"", "/text", 0, 0, "bad text", "better", false},
                                  {"", "/count", 0, 0, "bad count", "better", false},
                                  {"", "", 0, 0, "bad together", "better", false}};
    tasks.complain("b", problems);
    const LoadResult known = load_text(R"({"steps":[{"id":"b","task":"probe","with":{"text":"x"}}]})", tasks);
    CHECK(known.diagnostics.size() == 3);
    CHECK(known.diagnostics.at(0).pointer == "/steps/0/with/text");
    const LoadResult open = load_text(
        R"({"steps":[{"id":"a","task":"probe"},{"id":"b","task":"probe","needs":["a"],"with":{"text":"${steps.a.outputs.t}"}}]})",
        tasks);
    REQUIRE(open.diagnostics.size() == 1);
    CHECK(open.diagnostics[0].pointer == "/steps/1/with/count");
}

TEST_CASE("diagnostics come in the file's order") {
    FakeTasks tasks;
    const LoadResult result = load_text(
        R"({"steps":[{"id":"a","task":"probe","with":{"txt":1}},{"id":"a","task":"nothing-like"}],"x":1})", tasks);
    REQUIRE(result.diagnostics.size() == 4);
    CHECK(result.diagnostics[0].pointer == "/x");
    CHECK(result.diagnostics[1].pointer == "/steps/0/with/txt");
    CHECK(result.diagnostics[2].pointer.starts_with("/steps/1"));
}

TEST_CASE("a task alone is checked like a step, its pointers into the options") {
    FakeTasks tasks;
    const auto options = [](const char* text) { return object_of(std::get<Json>(parse_json(text))); };
    LoadRequest request;
    request.work_dir = "/somewhere";
    const LoadResult fine =
        load_task("probe", options(R"({"text":"${workflow.dir}","count":3})"), "", tasks.registry(), request);
    REQUIRE_MESSAGE(fine.workflow, told(fine));
    CHECK(fine.workflow->steps.at(0).id == "probe");
    CHECK(fine.workflow->directory == "/somewhere");
    const LoadResult typo = load_task("probe", options(R"({"cuont":3})"), "o.json", tasks.registry(), request);
    REQUIRE(typo.diagnostics.size() == 1);
    CHECK(typo.diagnostics[0].pointer == "/cuont");
    CHECK(typo.diagnostics[0].file == "o.json");
    const LoadResult unknown = load_task("prob", options("{}"), "", tasks.registry(), request);
    CHECK(unknown.exit_code() == 2);
    CHECK(unknown.diagnostics.at(0).pointer.empty());
    CHECK(load_task("probe", {}, "", tasks.registry(), request).exit_code() == 0);
    CHECK(load_task("probe", options(R"({"text":"${steps.x.status}"})"), "", tasks.registry(), request).exit_code() ==
          2);
}
