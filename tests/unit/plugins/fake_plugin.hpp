// A plugin made of lambdas, and a listener that remembers.
#pragma once

#include "ferry_plugin.h"
#include "plugins/plugin_handle.hpp"
#include "plugins/task_run.hpp"

#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace ferry::test {

inline ferry_string text(std::string_view view) {
    return {view.data(), view.size()};
}

// One task whose functions are the members; static behind the C table, so one plugin at a time in a test.
struct FakePlugin {
    std::function<int32_t(void*, ferry_string, const ferry_run_context*, const ferry_services*, void**, ferry_error*)>
        create;
    std::function<int32_t(const ferry_services*, ferry_error*)> run;
    std::function<int32_t(const ferry_services*, ferry_error*)> validate;
    std::function<int32_t(void**, ferry_error*)> open;
    std::function<void()> on_destroy;
    std::function<void(void*)> on_close;

    ferry_task_type type{};
    ferry_plugin table{};
    const ferry_task_type* tasks[1] = {&type};
    const ferry_services* services = nullptr;

    explicit FakePlugin(std::string_view plugin = "fake-plugin", std::string_view task = "fake") {
        current() = this;
        type = {sizeof type, text(task), text("1"), text("a fake"), text(R"({"type":"object"})"),
                c_create,    c_run,      c_destroy, c_validate};
        table = {sizeof table, FERRY_ABI_MAJOR, FERRY_ABI_MINOR, text(plugin), text("1.0"), 1, tasks, c_open, c_close};
    }
    FakePlugin(const FakePlugin&) = delete;
    FakePlugin& operator=(const FakePlugin&) = delete;

    static FakePlugin*& current() {
        static FakePlugin* plugin = nullptr;
        return plugin;
    }

  private:
    static int32_t c_create(void* plugin, ferry_string options, const ferry_run_context* context,
                            const ferry_services* services, void** task, ferry_error* error) {
        current()->services = services;
        *task = current();
        return current()->create ? current()->create(plugin, options, context, services, task, error)
                                 : int32_t{FERRY_OK};
    }
    static int32_t c_run(void*, ferry_error* error) {
        return current()->run ? current()->run(current()->services, error) : int32_t{FERRY_OK};
    }
    static void c_destroy(void*) {
        if (current()->on_destroy)
            current()->on_destroy();
    }
    static int32_t c_validate(void*, ferry_string, const ferry_run_context*, const ferry_services* services,
                              ferry_error* error) {
        return current()->validate ? current()->validate(services, error) : int32_t{FERRY_OK};
    }
    static int32_t c_open(void** context, ferry_error* error) {
        return current()->open ? current()->open(context, error) : int32_t{FERRY_OK};
    }
    static void c_close(void* context) {
        if (current()->on_close)
            current()->on_close(context);
    }
};

struct RecordingListener : TaskListener {
    std::mutex mutex;
    std::vector<std::string> logs; // "2 message"
    std::vector<TaskProgress> reports;
    std::vector<std::string> events; // "type json"

    void log(const TaskContext&, int level, std::string_view message) override {
        const std::lock_guard lock(mutex);
        logs.push_back(std::to_string(level) + " " + std::string(message));
    }
    void progress(const TaskContext&, const TaskProgress& progress) override {
        const std::lock_guard lock(mutex);
        reports.push_back(progress);
    }
    void event(const TaskContext&, std::string_view type, std::string_view json) override {
        const std::lock_guard lock(mutex);
        events.push_back(std::string(type) + " " + std::string(json));
    }
};

} // namespace ferry::test
