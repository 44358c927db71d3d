#include "document/strict_json.hpp"
#include "schema/json_value.hpp"
#include "schema/validator.hpp"
#include "schemas.hpp"
#include "workflow/outputs_document.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace ferry;

namespace {

JsonObject::Ptr parsed(std::string_view text) {
    return object_of(std::get<Json>(parse_json(text)));
}

StepResult step(const std::string& id, StepStatus status, const std::string& code, const std::string& outputs) {
    StepResult result;
    result.id = id;
    result.status = status;
    result.seconds = 1.23456;
    if (!code.empty())
        result.error = {code, "because"};
    result.outputs = parsed(outputs);
    return result;
}

RunResult run() {
    RunResult result;
    result.workflow = "w";
    result.run_id = "r1";
    result.status = RunStatus::failed;
    result.steps = {step("b", StepStatus::succeeded, "", R"({"files":[{"id":"1"}],"n":9007199254740993})"),
                    step("a", StepStatus::failed, "auth", "{}"), step("c", StepStatus::skipped, "skipped", "{}")};
    return result;
}

} // namespace

TEST_CASE("the document has the fixed form, in the steps' order") {
    CHECK(to_json(outputs_document(run())) ==
          R"({"workflow":"w","run_id":"r1","status":"failed","steps":{)"
          R"("b":{"status":"succeeded","seconds":1.235,"outputs":{"files":[{"id":"1"}],"n":9007199254740993}},)"
          R"("a":{"status":"failed","seconds":1.235,"outputs":{},"error":{"code":"auth","message":"because"}},)"
          R"("c":{"status":"skipped","seconds":1.235,"outputs":{},"error":{"code":"skipped","message":"because"}}}})");
}

TEST_CASE("a row of a batch has its number and variables") {
    RunResult result = run();
    result.row = 3;
    result.vars["sample"] = std::string("1e5");
    const auto document = outputs_document(result);
    CHECK(to_json(document->get("row")) == "3");
    CHECK(to_json(document->get("vars")) == R"({"sample":"1e5"})");
    CHECK(Validator(parsed(schemas::outputs())).check(document).empty());
}

TEST_CASE("every document of ours is admitted by its schema, and the schema refuses others") {
    const Validator schema(parsed(schemas::outputs()));
    CHECK(schema.check(outputs_document(run())).empty());
    RunResult interrupted = run();
    interrupted.status = RunStatus::interrupted;
    CHECK(schema.check(outputs_document(interrupted)).empty());
    CHECK_FALSE(schema.check(parsed(R"({"workflow":"w","run_id":"r","status":"ok","steps":{}})")).empty());
    CHECK_FALSE(schema.check(parsed(R"({"workflow":"w","run_id":"r","status":"failed","steps":{"a":{}}})")).empty());
}

TEST_CASE("the event schema admits events of host and tasks, and refuses half ones") {
    const Validator schema(parsed(schemas::event()));
    const auto fits = [&](const char* text) { return schema.check(parsed(text)).empty(); };
    CHECK(fits(R"({"time":"2026-01-31T23:59:59.001Z","type":"run_started","run_id":"r","workflow":"w"})"));
    CHECK(fits(
        R"({"time":"2026-01-31T23:59:59.001Z","type":"part_done","run_id":"r","step":"a","attempt":1,"name":"f","upload_id":"u","part":3,"parts":4,"size":9})"));
    CHECK(fits(R"({"time":"2026-01-31T23:59:59.001Z","type":"my.own","run_id":"r","x":[]})"));
    CHECK(fits(
        R"({"time":"2026-01-31T23:59:59.001Z","type":"step_finished","run_id":"r","step":"a","attempt":0,"status":"skipped","seconds":0})"));
    CHECK_FALSE(fits(R"({"time":"2026-01-31T23:59:59.001Z","type":"part_done","run_id":"r","step":"a","attempt":1})"));
    CHECK_FALSE(fits(
        R"({"time":"2026-01-31T23:59:59.001Z","type":"throttled","run_id":"r","step":"a","attempt":1,"reason":"mood"})"));
    CHECK_FALSE(fits(R"({"time":"2026-01-31 23:59:59","type":"my.own","run_id":"r"})"));
    CHECK_FALSE(fits(R"({"time":"2026-01-31T23:59:59.001Z","type":"part_done","run_id":"r"})"));
    CHECK_FALSE(fits(R"({"time":"2026-01-31T23:59:59.001Z","type":"run_finished","run_id":"r","status":"ok"})"));
    CHECK_FALSE(fits(R"({"time":"2026-01-31T23:59:59.001Z","type":"My own","run_id":"r"})"));
}

TEST_CASE("exit codes: signal, then 3, 4, 1") {
    const auto code = [](RunStatus status, int signal, std::vector<std::pair<int32_t, bool>> failures) {
        RunResult result;
        result.status = status;
        result.signal = signal;
        for (const auto& [failure, allowed] : failures) {
            result.steps.push_back(step("s", StepStatus::failed, "x", "{}"));
            result.steps.back().code = failure;
            result.steps.back().allowed = allowed;
        }
        return result.exit_code();
    };
    CHECK(code(RunStatus::succeeded, 0, {}) == 0);
    CHECK(code(RunStatus::failed, 0, {{FERRY_FAILED, false}}) == 1);
    CHECK(code(RunStatus::failed, 0, {{FERRY_INVALID, false}}) == 1);
    CHECK(code(RunStatus::failed, 0, {{FERRY_FAILED, false}, {FERRY_REFUSED, false}}) == 4);
    CHECK(code(RunStatus::failed, 0, {{FERRY_REFUSED, false}, {FERRY_UNSUPPORTED, false}}) == 3);
    CHECK(code(RunStatus::interrupted, 15, {{FERRY_REFUSED, false}, {FERRY_UNSUPPORTED, false}}) == 143);
    CHECK(code(RunStatus::succeeded, 0, {{FERRY_REFUSED, true}}) == 0);
    CHECK(code(RunStatus::failed, 0, {{FERRY_REFUSED, true}, {FERRY_FAILED, false}}) == 1);
}

TEST_CASE("run ids are unique, and safe in file names") {
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i)
        ids.insert(make_run_id());
    CHECK(ids.size() == 100);
    for (const std::string& id : ids) {
        CHECK(id.size() == std::string("20260131T235959Z-1a2b3c4d").size());
        CHECK(id.find_first_not_of("0123456789abcdefTZ-") == std::string::npos);
    }
}
