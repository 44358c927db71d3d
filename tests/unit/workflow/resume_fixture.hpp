// Runs of one workflow in one place, one after the other: what the first leaves, the next finds.
#pragma once

#include "fake_tasks.hpp"
#include "temp_dir.hpp"

#include "workflow/load.hpp"
#include "workflow/missing_record.hpp"
#include "workflow/runner.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ferry::test {

class LinesListener : public RecordingListener {
  public:
    void log(const TaskContext& task, int, std::string_view message) override {
        const std::lock_guard lock(own_);
        said[task.step_id] += std::string(message) + "\n";
    }
    std::map<std::string, std::string> said; // by step

  private:
    std::mutex own_;
};

struct ResumeFixture {
    TempDir dir;
    FakeTasks tasks;
    std::unique_ptr<StopFlag> stop = std::make_unique<StopFlag>();
    RunOptions options;
    LoadRequest request;
    std::map<std::string, std::string> env;
    std::map<std::string, std::string> said; // by the last run, of each step
    std::vector<std::string> ran;            // by the last run
    std::string text;                        // of the workflow

    explicit ResumeFixture(std::string steps) : text(R"({"name":"w","vars":{"v":"1"},"steps":[)" + steps + "]}") {
        std::filesystem::create_directory(dir / "state");
        options.jobs = 1;
        options.keep_records = true;
        options.run_id = "run-1";
        options.state_dir = request.state_dir = (dir / "state").string();
        options.work_dir = request.work_dir = dir.path().string();
        options.environment = request.environment = [this](std::string_view name) -> std::optional<std::string> {
            const auto found = env.find(std::string(name));
            return found == env.end() ? std::nullopt : std::optional(found->second);
        };
    }

    std::shared_ptr<const Workflow> load() {
        LoadResult loaded = load_workflow(dir.write("w.json", text), tasks.registry(), request);
        for (const Diagnostic& diagnostic : loaded.diagnostics)
            INFO(to_text(diagnostic));
        REQUIRE(loaded.workflow);
        return loaded.workflow;
    }
    // "a:succeeded b:cached", in the file's order.
    std::string run() {
        const std::size_t before = tasks.started().size();
        LinesListener listener;
        result = run_workflow(*load(), options, listener, *stop);
        const auto all = tasks.started();
        ran.assign(all.begin() + static_cast<std::ptrdiff_t>(before), all.end());
        said = listener.said;
        std::string out;
        for (const StepResult& step : result.steps)
            out += (out.empty() ? "" : " ") + step.id + ":" + to_string(step.status);
        return out;
    }
    std::string resume() {
        options.resume = true;
        const std::string out = run();
        options.resume = false;
        return out;
    }
    // The step writes the file when it runs, and succeeds.
    void makes(const std::string& step, const std::string& file) {
        tasks.on(step, [this, file](const FakeCall& call) {
            if (!call.dry_run)
                dir.write(file, "made");
            return FERRY_OK;
        });
    }
    void fails(const std::string& step) {
        tasks.on(step, [](const FakeCall& call) { return call.fail(FERRY_FAILED, "", "no luck"); });
    }
    void succeeds(const std::string& step) {
        tasks.on(step, [](const FakeCall&) { return FERRY_OK; });
    }
    std::vector<std::filesystem::path> records() const {
        std::vector<std::filesystem::path> found;
        if (std::filesystem::exists(dir / "state/steps"))
            for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / "state/steps"))
                if (entry.is_regular_file())
                    found.push_back(entry.path());
        return found;
    }

    RunResult result;
};

} // namespace ferry::test
