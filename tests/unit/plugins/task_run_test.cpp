#include "fake_plugin.hpp"

#include "document/strict_json.hpp"
#include "plugins/error_text.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace ferry::test {
namespace {

struct Run {
    FakePlugin plugin;
    RecordingListener listener;
    TaskContext context;
    TaskHost host{listener, {}, {}};
    Poco::JSON::Object options;

    TaskOutcome operator()() {
        TaskRegistry registry;
        REQUIRE_FALSE(registry.add(std::make_shared<TableHandle>(plugin.table)));
        return run_task(*registry.find("fake"), options, context, host);
    }
    Diagnostics validate() {
        TaskRegistry registry;
        REQUIRE_FALSE(registry.add(std::make_shared<TableHandle>(plugin.table)));
        return validate_task(*registry.find("fake"), options, context, host);
    }
};

int32_t fail(ferry_error* error, int32_t code, const char* kind, const char* message) {
    set_error(error, code, kind, message);
    return code;
}

std::string outputs_of(const TaskOutcome& outcome) {
    return to_json(outcome.outputs);
}

} // namespace

TEST_CASE("options, context and outputs cross the border") {
    Run run;
    run.options.set("n", 7);
    run.context.step_id = "step";
    run.context.attempt = 3;
    run.context.row = 9;
    run.context.dry_run = true;
    std::string seen;
    run.plugin.create = [&](void*, ferry_string options, const ferry_run_context* context, const ferry_services*,
                            void**, ferry_error*) -> int32_t {
        seen = std::string(options.data, options.size) + " " +
               std::string(context->step_id.data, context->step_id.size) + " " + std::to_string(context->attempt) +
               " " + std::to_string(context->row) + " " + std::to_string(context->dry_run);
        return FERRY_OK;
    };
    run.plugin.run = [](const ferry_services* s, ferry_error*) -> int32_t {
        CHECK(s->output_set(s->ctx, text("a"), text("1")) == FERRY_OK);
        CHECK(s->output_set(s->ctx, text("a"), text(R"({"b":[true,null]})")) == FERRY_OK);
        CHECK(s->output_append(s->ctx, text("list"), text("\"x\"")) == FERRY_OK);
        CHECK(s->output_append(s->ctx, text("list"), text("2")) == FERRY_OK);
        return FERRY_OK;
    };
    const TaskOutcome outcome = run();
    CHECK(seen == R"({"n":7} step 3 9 1)");
    CHECK(outcome.code == FERRY_OK);
    CHECK(outcome.message.empty());
    CHECK(outputs_of(outcome) == R"({"a":{"b":[true,null]},"list":["x",2]})");
}

TEST_CASE("what must not be shown is taken out of outputs, events and messages") {
    Run run;
    run.host.shown = [](std::string text) {
        const std::size_t at = text.find("s3cret");
        return at == std::string::npos ? text : text.replace(at, 6, "[T]");
    };
    run.plugin.run = [](const ferry_services* s, ferry_error* error) -> int32_t {
        s->output_set(s->ctx, text("a"), text(R"({"b":["is s3cret",7]})"));
        s->output_append(s->ctx, text("list"), text("\"s3cret\""));
        s->event(s->ctx, text("note"), text(R"({"t":"s3cret"})"));
        return fail(error, FERRY_FAILED, "x", "bad s3cret");
    };
    const TaskOutcome outcome = run();
    CHECK(outcome.message == "bad [T]");
    CHECK(outputs_of(outcome) == R"({"a":{"b":["is [T]",7]},"list":["[T]"]})");
    REQUIRE(run.listener.events.size() == 1);
    CHECK(run.listener.events[0].find("s3cret") == std::string::npos);
}

TEST_CASE("hostile outputs are refused and leave nothing") {
    Run run;
    run.plugin.run = [](const ferry_services* s, ferry_error*) -> int32_t {
        const std::string long_key(300, 'k');
        CHECK(s->output_set(s->ctx, {nullptr, 0}, text("1")) == FERRY_INVALID);
        CHECK(s->output_set(s->ctx, {nullptr, 5}, text("1")) == FERRY_INVALID);
        CHECK(s->output_set(s->ctx, text("\xff\xfe"), text("1")) == FERRY_INVALID);
        CHECK(s->output_set(s->ctx, text(long_key), text("1")) == FERRY_INVALID);
        CHECK(s->output_set(s->ctx, text("a"), {nullptr, 0}) == FERRY_INVALID);
        CHECK(s->output_set(s->ctx, text("a"), text("{\"x\":1,\"x\":2}")) == FERRY_INVALID);
        CHECK(s->output_set(s->ctx, text("a"), text("\"\xff\"")) == FERRY_INVALID);
        CHECK(s->output_set(s->ctx, text("a"), text("1 2")) == FERRY_INVALID);
        CHECK(s->output_append(s->ctx, text("a"), text("")) == FERRY_INVALID);
        CHECK(s->output_set(s->ctx, text("scalar"), text("1")) == FERRY_OK);
        CHECK(s->output_append(s->ctx, text("scalar"), text("1")) == FERRY_INVALID);
        return FERRY_OK;
    };
    CHECK(outputs_of(run()) == R"({"scalar":1})");
}

TEST_CASE("secrets are copied, with the size told when the buffer is too small") {
    Run run;
    run.host.secret = [](const std::string& name) {
        return name == "TOKEN" ? std::optional<std::string>("0123456789") : std::nullopt;
    };
    run.plugin.run = [](const ferry_services* s, ferry_error*) -> int32_t {
        char buffer[10] = {};
        std::size_t size = 0;
        CHECK(s->secret(s->ctx, text("OTHER"), buffer, sizeof buffer, &size) == FERRY_NOT_FOUND);
        CHECK(s->secret(s->ctx, text("TOKEN"), buffer, 9, &size) == FERRY_TOO_SMALL);
        CHECK(size == 10);
        CHECK(s->secret(s->ctx, text("TOKEN"), nullptr, 0, &size) == FERRY_TOO_SMALL);
        CHECK(s->secret(s->ctx, text("TOKEN"), nullptr, 100, &size) == FERRY_TOO_SMALL);
        CHECK(s->secret(s->ctx, text("TOKEN"), buffer, sizeof buffer, &size) == FERRY_OK);
        CHECK(std::string(buffer, size) == "0123456789");
        CHECK(s->secret(s->ctx, text("TOKEN"), buffer, sizeof buffer, nullptr) == FERRY_INVALID);
        return FERRY_OK;
    };
    CHECK(run().code == FERRY_OK);
}

TEST_CASE("log lines, progress and events reach the listener; control bytes and odd events do not") {
    Run run;
    run.plugin.run = [](const ferry_services* s, ferry_error*) -> int32_t {
        s->log(s->ctx, FERRY_LOG_WARN, text("a\x1b[31m\nb"));
        s->log(s->ctx, 99, {nullptr, 0});
        s->log(s->ctx, -5, text("x"));
        ferry_progress whole{};
        whole.struct_size = sizeof whole;
        whole.bytes_done = 1;
        whole.items_total = 4;
        whole.in_flight = 6;
        s->progress(s->ctx, &whole);
        whole.struct_size = offsetof(ferry_progress, in_flight); // an older plugin's
        s->progress(s->ctx, &whole);
        whole.struct_size = 8;
        s->progress(s->ctx, &whole);
        s->progress(s->ctx, nullptr);
        s->event(s->ctx, text("part_done"), text("{\n \"part\": 1 }"));
        s->event(s->ctx, text("Part done"), text("{}"));
        s->event(s->ctx, text("part_done"), text("[]"));
        return FERRY_OK;
    };
    run();
    REQUIRE(run.listener.logs.size() == 5);
    CHECK(run.listener.logs[0].find('\x1b') == std::string::npos);
    CHECK(run.listener.logs[0].find('\n') == std::string::npos);
    CHECK(run.listener.logs[1] == "3 ");
    CHECK(run.listener.logs[2] == "0 x");
    REQUIRE(run.listener.reports.size() == 2);
    CHECK(run.listener.reports[0].in_flight == 6);
    CHECK(run.listener.reports[1].in_flight == 0);
    CHECK(run.listener.reports[1].items_total == 4);
    REQUIRE(run.listener.events.size() == 1);
    CHECK(run.listener.events[0] == R"(part_done {"part":1})");
}

TEST_CASE("what a report says of single items is copied, whatever the plugin's age and manners") {
    Run run;
    run.plugin.run = [](const ferry_services* s, ferry_error*) -> int32_t {
        const ferry_item_progress good{sizeof good, text("a\x1b[2Jb"), 3, 4};
        const ferry_item_progress old{offsetof(ferry_item_progress, bytes_total), text("old"), 1, 0};
        const ferry_item_progress odd{sizeof odd, {nullptr, 7}, 1, 2};
        const ferry_item_progress* const items[] = {&good, &old, nullptr, &odd};
        ferry_progress whole{};
        whole.struct_size = sizeof whole;
        whole.bytes_done = 9;
        whole.bytes_moved = 5;
        whole.retries = 2;
        whole.waiting_for = text("the\nline");
        whole.items = items;
        whole.item_count = 4;
        s->progress(s->ctx, &whole);
        whole.struct_size = offsetof(ferry_progress, item_count);
        s->progress(s->ctx, &whole);
        whole.struct_size = offsetof(ferry_progress, bytes_moved);
        s->progress(s->ctx, &whole);
        whole.struct_size = sizeof whole;
        const std::vector<const ferry_item_progress*> many(1000, &good);
        whole.items = many.data();
        whole.item_count = many.size();
        s->progress(s->ctx, &whole);
        return FERRY_OK;
    };
    run();
    REQUIRE(run.listener.reports.size() == 4);
    const TaskProgress& whole = run.listener.reports[0];
    CHECK(whole.bytes_moved == 5);
    CHECK(whole.retries == 2);
    CHECK(whole.waiting_for == "the\\x0Aline");
    REQUIRE(whole.items.size() == 2);
    CHECK(whole.items[0].name == "a\\x1B[2Jb");
    CHECK(whole.items[0].bytes_total == 4);
    CHECK(whole.items[1].name.empty());
    CHECK(run.listener.reports[1].items.empty());
    CHECK(run.listener.reports[1].retries == 2);
    CHECK(run.listener.reports[2].bytes_moved == 9); // an older plugin's: all that is done
    CHECK(run.listener.reports[2].retries == 0);
    CHECK(run.listener.reports[3].items.size() == 16);
}

TEST_CASE("how a task may end") {
    Run run;
    run.plugin.run = [](const ferry_services*, ferry_error* error) {
        return fail(error, FERRY_REFUSED, "auth", "line one\nline\ttwo");
    };
    TaskOutcome outcome = run();
    CHECK(outcome.code == FERRY_REFUSED);
    CHECK(outcome.kind == "auth");
    CHECK(outcome.message == "line one\nline\\x09two");

    for (const int32_t odd : std::initializer_list<int32_t>{FERRY_NOT_FOUND, FERRY_TOO_SMALL, 4711, -1}) {
        run.plugin.run = [odd](const ferry_services*, ferry_error*) { return odd; };
        outcome = run();
        CHECK(outcome.code == FERRY_FAILED);
        CHECK(outcome.kind == "failed");
        CHECK(outcome.message == "the task failed and did not say why");
    }
    run.plugin.run = [](const ferry_services*, ferry_error* error) -> int32_t {
        std::memset(error->kind, 'k', sizeof error->kind); // no terminating zero anywhere
        std::memset(error->message, 'm', sizeof error->message);
        return FERRY_FAILED;
    };
    outcome = run();
    CHECK(outcome.kind == std::string(sizeof(ferry_error::kind), 'k'));
    CHECK(outcome.message == std::string(sizeof(ferry_error::message), 'm'));
    run.plugin.run = [](const ferry_services*, ferry_error*) -> int32_t { return FERRY_CANCELLED; };
    CHECK(run().kind == "cancelled");
}

TEST_CASE("exceptions stay on their side and the task is destroyed once") {
    Run run;
    int destroyed = 0;
    run.plugin.on_destroy = [&] {
        ++destroyed;
        throw 3;
    };
    run.plugin.run = [](const ferry_services*, ferry_error*) -> int32_t { throw std::runtime_error("in run"); };
    CHECK(run().message == "run() of the task threw an exception: in run");
    run.plugin.run = [](const ferry_services*, ferry_error*) -> int32_t { throw 5; };
    CHECK(run().code == FERRY_FAILED);
    CHECK(destroyed == 2);
    run.plugin.create = [](void*, ferry_string, const ferry_run_context*, const ferry_services*, void**,
                           ferry_error*) -> int32_t { throw std::runtime_error("in create"); };
    CHECK(run().message == "create() of the task threw an exception: in create");
    CHECK(destroyed == 2); // never made, never destroyed
}

TEST_CASE("calls after run() change nothing") {
    Run run;
    const ferry_services* services = nullptr;
    run.plugin.run = [&](const ferry_services* s, ferry_error*) -> int32_t {
        services = s;
        return FERRY_OK;
    };
    run.plugin.on_destroy = [&] {
        services->log(services->ctx, FERRY_LOG_ERROR, text("late"));
        services->output_set(services->ctx, text("late"), text("1"));
        CHECK(services->cancelled(services->ctx) != 0);
    };
    CHECK(outputs_of(run()) == "{}");
    CHECK(run.listener.logs.empty());
}

TEST_CASE("many threads of a task report at once") {
    Run run;
    run.plugin.run = [](const ferry_services* s, ferry_error*) -> int32_t {
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([s] {
                for (int i = 0; i < 200; ++i) {
                    s->output_append(s->ctx, text("list"), text("1"));
                    s->log(s->ctx, FERRY_LOG_INFO, text("x"));
                    (void)s->cancelled(s->ctx);
                }
            });
        for (auto& thread : threads)
            thread.join();
        return FERRY_OK;
    };
    const TaskOutcome outcome = run();
    CHECK(outcome.outputs->getArray("list")->size() == 800);
    CHECK(run.listener.logs.size() == 800);
}

TEST_CASE("cancelled() asks the host") {
    Run run;
    std::atomic<bool> stop = false;
    run.host.cancelled = [&] { return stop.load(); };
    run.plugin.run = [&](const ferry_services* s, ferry_error*) -> int32_t {
        CHECK(s->cancelled(s->ctx) == 0);
        stop = true;
        CHECK(s->cancelled(s->ctx) != 0);
        return FERRY_OK;
    };
    run();
}

TEST_CASE("validate reports each problem, or at least the error") {
    Run run;
    run.plugin.validate = [](const ferry_services* s, ferry_error*) -> int32_t {
        const ferry_diagnostic one{sizeof one, text("/a"), text("b\n"), text("c")};
        s->diagnostic(s->ctx, &one);
        s->diagnostic(s->ctx, &one);
        const ferry_diagnostic cut_short{8, text("/x"), text("y"), text("z")};
        s->diagnostic(s->ctx, &cut_short);
        s->diagnostic(s->ctx, nullptr);
        return FERRY_INVALID;
    };
    const Diagnostics two = run.validate();
    REQUIRE(two.size() == 2);
    CHECK(two[0].pointer == "/a");
    CHECK(two[0].found == "b\\x0A");
    run.plugin.validate = [](const ferry_services*, ferry_error* error) {
        return fail(error, FERRY_INVALID, "options", "both are set");
    };
    const Diagnostics whole = run.validate();
    REQUIRE(whole.size() == 1);
    CHECK(whole[0].allowed == "both are set");
    run.plugin.validate = {};
    CHECK(run.validate().empty());
}

TEST_CASE("open() is called once, its failure kept; close() once and only after success") {
    FakePlugin plugin;
    int opened = 0;
    int closed = 0;
    int shared = 0;
    plugin.on_close = [&](void* context) {
        CHECK(context == &shared);
        ++closed;
    };
    plugin.open = [&](void** context, ferry_error*) -> int32_t {
        ++opened;
        *context = &shared;
        return FERRY_OK;
    };
    {
        TableHandle handle(plugin.table);
        ferry_error error = empty_error();
        void* context = nullptr;
        CHECK(handle.context(&context, error) == FERRY_OK);
        CHECK(handle.context(&context, error) == FERRY_OK);
        CHECK(context == &shared);
    }
    CHECK(opened == 1);
    CHECK(closed == 1);
    plugin.open = [&](void**, ferry_error* error) {
        ++opened;
        return fail(error, FERRY_FAILED, "tls", "no certificates");
    };
    {
        TableHandle handle(plugin.table);
        for (int i = 0; i < 2; ++i) {
            ferry_error error = empty_error();
            void* context = nullptr;
            CHECK(handle.context(&context, error) == FERRY_FAILED);
            CHECK(message_of(error) == "no certificates");
        }
    }
    { TableHandle never_used(plugin.table); }
    CHECK(opened == 2);
    CHECK(closed == 1);
}

TEST_CASE("a plugin that cannot be opened fails its task with the plugin's words") {
    Run run;
    run.plugin.open = [](void**, ferry_error* error) { return fail(error, FERRY_FAILED, "tls", "no certificates"); };
    const TaskOutcome outcome = run();
    CHECK(outcome.code == FERRY_FAILED);
    CHECK(outcome.kind == "tls");
    CHECK(outcome.message == "no certificates");
}

TEST_CASE("error texts are cut at a character's edge and terminated") {
    ferry_error error = empty_error();
    const std::string wide = std::string(sizeof error.message - 2, 'a') + "\u00e4\u00e4";
    set_error(&error, FERRY_FAILED, "kind", wide);
    CHECK(std::string(error.message) == std::string(sizeof error.message - 2, 'a'));
    set_error(&error, FERRY_FAILED, "odd kind!", "");
    CHECK(kind_of(error) == "failed");
}

} // namespace ferry::test
