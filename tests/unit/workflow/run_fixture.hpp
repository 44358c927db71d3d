// A workflow text, loaded with fake tasks and run.
#pragma once

#include "fake_tasks.hpp"
#include "temp_dir.hpp"

#include "workflow/load.hpp"
#include "workflow/runner.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace ferry::test {

struct RunFixture {
    FakeTasks tasks;
    RecordingListener listener;
    StopFlag stop;
    RunOptions options;
    LoadRequest request;
    std::map<std::string, std::string> env;

    RunFixture() {
        options.jobs = 4;
        options.run_id = "r1";
        options.environment = request.environment = [this](std::string_view name) -> std::optional<std::string> {
            const auto found = env.find(std::string(name));
            return found == env.end() ? std::nullopt : std::optional(found->second);
        };
    }

    RunResult run(const std::string& text) {
        const TempDir dir;
        const LoadResult loaded = load_workflow(dir.write("w.json", text), tasks.registry(), request);
        for (const Diagnostic& diagnostic : loaded.diagnostics)
            INFO(to_text(diagnostic));
        REQUIRE(loaded.workflow);
        return run_workflow(*loaded.workflow, options, listener, stop);
    }
};

// "a:succeeded b:skipped", in the file's order.
inline std::string statuses(const RunResult& result) {
    std::string out;
    for (const StepResult& step : result.steps)
        out += (out.empty() ? "" : " ") + step.id + ":" + to_string(step.status);
    return out;
}

} // namespace ferry::test
