#include "report/plan_totals.hpp"

#include "document/strict_json.hpp"
#include "schema/json_value.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test {
namespace {

// Runs of one step of the task.
struct Steps {
    PlanTotals totals;

    void planned(const std::string& json, StepStatus status = StepStatus::succeeded) {
        StepResult step = of(status);
        step.outputs->set("planned", std::get<Json>(parse_json(json)));
        add("upload", std::move(step));
    }
    void later(const std::string& task) {
        StepResult step = of(StepStatus::skipped);
        step.error.code = "planned";
        add(task, std::move(step));
    }
    static StepResult of(StepStatus status) {
        StepResult step;
        step.status = status;
        step.outputs = new_object();
        return step;
    }
    void add(const std::string& task, StepResult step) {
        Workflow workflow;
        workflow.steps.emplace_back();
        workflow.steps.back().task = task;
        RunResult result;
        result.steps.push_back(std::move(step));
        totals.add(workflow, result);
    }
};

} // namespace

TEST_CASE("what steps plan is summed up") {
    Steps steps;
    CHECK(steps.totals.text().empty());
    steps.planned(R"({"files":1,"bytes":1048576,"parts":1,"api_calls":4})");
    CHECK(steps.totals.text() == "in all: 1 file, 1.00 MiB, in 1 part with 4 API calls\n");
    CHECK_FALSE_MESSAGE(steps.totals.worth_telling(), "the step has said it itself");
    steps.planned(R"({"files":2,"bytes":1048576,"parts":3,"api_calls":8,"unknown":[]})");
    CHECK(steps.totals.text() == "in all: 3 files, 2.00 MiB, in 4 parts with 12 API calls\n");
    CHECK(steps.totals.worth_telling());
}

TEST_CASE("the quota lets a thousand calls pass at once, and the last ones need not wait for the window's end") {
    const auto text = [](std::uint64_t calls) {
        Steps steps;
        steps.planned(R"({"api_calls":)" + std::to_string(calls) + "}");
        return steps.totals.text();
    };
    CHECK(text(1'000).ends_with(" with 1,000 API calls\n"));
    CHECK(text(1'001).ends_with(" with 1,001 API calls, at least 5 min at 1,000 calls in 5 min\n"));
    CHECK(text(7'200).ends_with(" with 7,200 API calls, at least 35 min at 1,000 calls in 5 min\n"));
    CHECK(text(12'001).ends_with(", at least 1 h at 1,000 calls in 5 min\n"));
    CHECK(text(510'000).ends_with(" with 510,000 API calls, at least 42 h 25 min at 1,000 calls in 5 min\n"));
}

TEST_CASE("one step alone is worth a sum once the quota costs time") {
    Steps within, beyond;
    within.planned(R"({"api_calls":1000})");
    CHECK_FALSE(within.totals.worth_telling());
    beyond.planned(R"({"api_calls":1001})");
    CHECK(beyond.totals.worth_telling());
}

TEST_CASE("steps that wait for others are counted by their task; commands have nothing to tell") {
    Steps steps;
    steps.later("upload");
    CHECK(steps.totals.text() == "1 step of upload, known only when it runs\n");
    steps.later("command");
    steps.planned("{}");
    steps.later("upload");
    CHECK(steps.totals.worth_telling());
    CHECK(steps.totals.text().ends_with("\nnot in it: 2 steps of upload, known only when they run\n"));
}

TEST_CASE("what a plugin should not say counts for nothing, and failed steps neither") {
    Steps steps;
    steps.planned(R"({"files":-1,"bytes":"7","parts":1.5,"api_calls":[1]})");
    steps.planned("[1,2]");
    steps.planned(R"({"files":5})", StepStatus::failed);
    CHECK(steps.totals.text() == "in all: 0 files, 0 B, in 0 parts with 0 API calls\n");
    for (int i = 0; i < 3; ++i)
        steps.planned(R"({"bytes":9223372036854775807})");
    CHECK(steps.totals.text().find("0 files, 16777216.00 TiB") != std::string::npos);
}

} // namespace ferry::test
