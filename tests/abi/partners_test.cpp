// Older and newer partners, each way: what a struct's own size does not cover is never touched. The short structs are
// allocated at exactly their size, so that the address sanitizer sees any read beyond.
#include "ferry_plugin.h"

#include "plugins/error_text.hpp"
#include "plugins/handshake.hpp"
#include "plugins/plugin_handle.hpp"
#include "plugins/task_run.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

namespace ferry::test {
namespace {

ferry_string text(const char* literal) {
    return {literal, std::strlen(literal)};
}

int32_t create(void*, ferry_string, const ferry_run_context*, const ferry_services* services, void** task,
               ferry_error*) {
    *task = const_cast<ferry_services*>(services);
    return FERRY_OK;
}
int32_t run(void* task, ferry_error*) {
    const auto* services = static_cast<const ferry_services*>(task);
    return services->output_set(services->ctx, text("ran"), text("true"));
}
void destroy(void*) {}

ferry_task_type whole_task() {
    ferry_task_type type{};
    type.struct_size = sizeof type;
    type.name = text("partner");
    type.version = text("1");
    type.summary = text("a partner of another minor");
    type.options_schema = text(R"({"type":"object"})");
    type.create = create;
    type.run = run;
    type.destroy = destroy;
    return type;
}

ferry_plugin whole_plugin(const ferry_task_type* const* tasks) {
    ferry_plugin plugin{};
    plugin.struct_size = sizeof plugin;
    plugin.abi_major = FERRY_ABI_MAJOR;
    plugin.abi_minor = FERRY_ABI_MINOR;
    plugin.name = text("partner");
    plugin.version = text("1.0");
    plugin.task_count = 1;
    plugin.tasks = tasks;
    return plugin;
}

// A copy of the first `size` bytes in memory of exactly that size, telling that size.
template <typename Struct> std::unique_ptr<char[]> cut(const Struct& whole, std::size_t size) {
    auto memory = std::make_unique<char[]>(size);
    std::memcpy(memory.get(), &whole, size);
    std::memcpy(memory.get(), &size, sizeof size); // struct_size comes first
    return memory;
}

struct Quiet : TaskListener {
    void log(const TaskContext&, int, std::string_view) override {}
    void progress(const TaskContext&, const TaskProgress&) override {}
    void event(const TaskContext&, std::string_view, std::string_view) override {}
};

TaskOutcome run_partner(const ferry_plugin& table) {
    TaskRegistry registry;
    REQUIRE_FALSE(check_table(table));
    REQUIRE_FALSE(registry.add(std::make_shared<TableHandle>(table)));
    Quiet listener;
    const TaskHost host{listener, {}, {}};
    const Poco::JSON::Object options;
    const TaskEntry& entry = *registry.find("partner");
    CHECK(validate_task(entry, options, {}, host).empty());
    return run_task(entry, options, {}, host);
}

// Runs a task that answers the dry_run that it sees.
int told_dry_run(bool dry_run, bool offline) {
    ferry_task_type task = whole_task();
    task.create = [](void*, ferry_string, const ferry_run_context* context, const ferry_services* services, void** made,
                     ferry_error*) -> int32_t {
        *made = const_cast<ferry_services*>(services);
        const std::string bits = std::to_string(context->dry_run);
        return services->output_set(services->ctx, text("dry_run"), {bits.data(), bits.size()});
    };
    const ferry_task_type* const tasks[] = {&task};
    const ferry_plugin table = whole_plugin(tasks);
    TaskRegistry registry;
    REQUIRE_FALSE(registry.add(std::make_shared<TableHandle>(table)));
    Quiet listener;
    const TaskHost host{listener, {}, {}};
    TaskContext context;
    context.dry_run = dry_run;
    context.offline = offline;
    return run_task(*registry.find("partner"), Poco::JSON::Object(), context, host).outputs->getValue<int>("dry_run");
}

} // namespace

TEST_CASE("a dry run's bits: older plugins see a dry run in all of them, and offline is never alone") {
    static_assert(FERRY_DRY_RUN == 1 && FERRY_DRY_RUN_OFFLINE == 2);
    CHECK(told_dry_run(false, false) == 0);
    CHECK(told_dry_run(true, false) == FERRY_DRY_RUN);
    CHECK(told_dry_run(true, true) == (FERRY_DRY_RUN | FERRY_DRY_RUN_OFFLINE));
    CHECK(told_dry_run(false, true) == 0);
}

TEST_CASE("an older plugin, whose structs end at what is required, runs") {
    const ferry_task_type task = whole_task();
    const auto short_task =
        cut(task, offsetof(ferry_task_type, FERRY_TASK_TYPE_REQUIRED) + sizeof task.FERRY_TASK_TYPE_REQUIRED);
    const ferry_task_type* const tasks[] = {reinterpret_cast<const ferry_task_type*>(short_task.get())};
    const ferry_plugin plugin = whole_plugin(tasks);
    const auto short_plugin =
        cut(plugin, offsetof(ferry_plugin, FERRY_PLUGIN_REQUIRED) + sizeof plugin.FERRY_PLUGIN_REQUIRED);
    const TaskOutcome outcome = run_partner(*reinterpret_cast<const ferry_plugin*>(short_plugin.get()));
    CHECK(outcome.code == FERRY_OK);
    CHECK(outcome.outputs->getValue<bool>("ran"));
}

TEST_CASE("a newer plugin, with a newer minor and longer structs, runs") {
    struct NewerTask {
        ferry_task_type known = whole_task();
        void (*unknown)() = nullptr;
    } task;
    task.known.struct_size = sizeof task;
    const ferry_task_type* const tasks[] = {&task.known};
    struct NewerPlugin {
        ferry_plugin known;
        void (*unknown)() = nullptr;
    } plugin{whole_plugin(tasks)};
    plugin.known.struct_size = sizeof plugin;
    plugin.known.abi_minor = FERRY_ABI_MINOR + 7;
    CHECK(run_partner(plugin.known).code == FERRY_OK);
}

TEST_CASE("a struct that is one byte short of what is required is refused") {
    ferry_task_type task = whole_task();
    const ferry_task_type* const tasks[] = {&task};
    ferry_plugin plugin = whole_plugin(tasks);
    REQUIRE_FALSE(check_table(plugin));
    plugin.struct_size = offsetof(ferry_plugin, tasks) + sizeof plugin.tasks - 1;
    CHECK(check_table(plugin)->find("too short") != std::string::npos);
    plugin.struct_size = sizeof plugin;
    task.struct_size = offsetof(ferry_task_type, destroy) + sizeof task.destroy - 1;
    CHECK(check_table(plugin)->find("too short") != std::string::npos);
}

TEST_CASE("a table of another major is refused before anything else of it is read") {
    const ferry_task_type* const no_tasks[] = {nullptr};
    ferry_plugin plugin = whole_plugin(no_tasks);
    plugin.abi_major = FERRY_ABI_MAJOR + 1;
    const auto head = cut(plugin, offsetof(ferry_plugin, abi_minor) + sizeof plugin.abi_minor);
    const auto reason = check_table(*reinterpret_cast<const ferry_plugin*>(head.get()));
    REQUIRE(reason);
    CHECK(reason->find("ABI " + std::to_string(FERRY_ABI_MAJOR + 1) + ".") != std::string::npos);
    CHECK(reason->find("ABI " + std::to_string(FERRY_ABI_MAJOR) + ".") != std::string::npos);
}

TEST_CASE("a plugin gets along with an older host, whose services lack the optional tail") {
    const QueryResult loaded = query_library(HELLO_PLUGIN);
    REQUIRE(std::holds_alternative<const ferry_plugin*>(loaded));
    const ferry_task_type& hello = *std::get<const ferry_plugin*>(loaded)->tasks[0];

    ferry_services services{};
    std::string output;
    services.ctx = &output;
    services.output_set = [](void* ctx, ferry_string, ferry_string json) -> int32_t {
        *static_cast<std::string*>(ctx) = std::string(json.data, json.size);
        return FERRY_OK;
    };
    const auto old_services =
        cut(services, offsetof(ferry_services, FERRY_SERVICES_REQUIRED) + sizeof services.FERRY_SERVICES_REQUIRED);
    const ferry_run_context context{};
    ferry_error error = empty_error();
    void* task = nullptr;
    REQUIRE(hello.create(nullptr, text(R"({"name":"Lambda"})"), &context,
                         reinterpret_cast<const ferry_services*>(old_services.get()), &task, &error) == FERRY_OK);
    CHECK(hello.run(task, &error) == FERRY_OK);
    hello.destroy(task);
    CHECK(output == R"("Hello, Lambda!")");
}

TEST_CASE("a plugin may refuse an older host with its own words") {
    const auto result = query_entry([](const ferry_host_info* host, ferry_error* error) -> const ferry_plugin* {
        set_error(error, FERRY_UNSUPPORTED, "version", host->abi_minor < 9 ? "needs ABI 0.9" : "?");
        return nullptr;
    });
    CHECK(std::get<std::string>(result) == "it refused: needs ABI 0.9");
}

} // namespace ferry::test
