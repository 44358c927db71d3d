// Runs the real task `command` through the host's own path: registry, session, process.
#pragma once

#include "document/strict_json.hpp"
#include "plugins/task_run.hpp"
#include "tasks/command_plugin.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace ferry::test {

struct CommandFixture : TaskListener {
    TempDir dir;
    ProcessGroups groups;
    std::shared_ptr<CommandSettings> settings = std::make_shared<CommandSettings>(groups);
    TaskRegistry registry;
    TaskContext context;
    std::function<bool()> cancelled;
    std::mutex mutex;
    std::vector<std::string> logs;

    CommandFixture() {
        REQUIRE_FALSE(registry.add(make_command_plugin(settings)));
        std::filesystem::create_directory(dir / "state");
        context.state_dir = (dir / "state").string();
        context.work_dir = dir.path().string();
        context.run_id = "run-1";
        context.run_dir = (dir / "state/runs/run-1").string();
        context.step_id = "step";
    }

    void log(const TaskContext&, int level, std::string_view message) override {
        const std::lock_guard lock(mutex);
        logs.push_back(std::to_string(level) + " " + std::string(message));
    }
    void progress(const TaskContext&, const TaskProgress&) override {}
    void event(const TaskContext&, std::string_view, std::string_view) override {}

    static Poco::JSON::Object::Ptr parse(const std::string& json) {
        return std::get<Poco::Dynamic::Var>(parse_json(json)).extract<Poco::JSON::Object::Ptr>();
    }

    TaskOutcome run(const std::string& options) {
        return run_task(*registry.find("command"), *parse(options), context, {*this, {}, cancelled});
    }
    // Runs a bash script with more options ("\"cwd\": \"x\"").
    TaskOutcome bash(const std::string& script, const std::string& more = {}) {
        Poco::JSON::Array::Ptr words = new Poco::JSON::Array;
        for (const std::string& word : {std::string("bash"), std::string("-c"), script})
            words->add(word);
        return run("{\"command\":" + to_json(words) + (more.empty() ? "" : "," + more) + "}");
    }
    // What that script wrote to its standard output.
    std::string output_of(const std::string& script, const std::string& more = {}) {
        const TaskOutcome outcome = bash(script, "\"stdout\":\"captured\"" + (more.empty() ? "" : "," + more));
        CAPTURE(outcome.message);
        CHECK(outcome.code == FERRY_OK);
        return read_file(dir / "captured");
    }
    Diagnostics validate(const std::string& options) {
        return validate_task(*registry.find("command"), *parse(options), context, {*this, {}, cancelled});
    }
    std::string path(const std::string& name) const { return (dir / name).string(); }
    std::string kept(const std::string& name) const { return path("state/runs/run-1/" + name); }
};

} // namespace ferry::test
