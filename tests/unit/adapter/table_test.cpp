#include "error_report.hpp"
#include "tasks.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace ferry {

namespace {

constexpr const char* good =
    R"({"project":"me/p","files":["a"],"preserve_folders":false,"base_dir":".","conflict":"fail","part_size":"auto","parallel_parts":2,"verify":"etag",)"
    R"("retry":{"attempts":1,"max_elapsed":"1s"},"timeouts":{"connect":1,"stall":1,"complete":1}})";

// A host of the test's own, that offers the required services and nothing more: as an older one would.
struct FakeHost {
    std::map<std::string, std::string> secrets{{"SB_API_ENDPOINT", "http://127.0.0.1:1/v2"}, {"SB_AUTH_TOKEN", "t0k"}};
    std::vector<std::string> diagnostics;
    std::string said;
    std::map<std::string, std::string> outputs;
    test::TempDir dir;
    std::string path = dir.path().string();
    ferry_services services{};
    ferry_run_context context{};

    FakeHost() {
        services.struct_size = offsetof(ferry_services, progress);
        services.ctx = this;
        services.log = [](void* ctx, int32_t, ferry_string line) {
            static_cast<FakeHost*>(ctx)->said += std::string(from_abi(line)) + "\n";
        };
        services.cancelled = [](void*) -> int32_t { return 0; };
        services.diagnostic = [](void* ctx, const ferry_diagnostic* d) {
            static_cast<FakeHost*>(ctx)->diagnostics.emplace_back(from_abi(d->pointer));
        };
        services.output_set = [](void* ctx, ferry_string key, ferry_string json) -> int32_t {
            static_cast<FakeHost*>(ctx)->outputs[std::string(from_abi(key))] = from_abi(json);
            return FERRY_OK;
        };
        services.output_append = services.output_set;
        services.secret = [](void* ctx, ferry_string name, char* buffer, size_t capacity, size_t* size) -> int32_t {
            const auto& known = static_cast<FakeHost*>(ctx)->secrets;
            const auto found = known.find(std::string(from_abi(name)));
            if (found == known.end())
                return FERRY_NOT_FOUND;
            *size = found->second.size();
            if (*size > capacity)
                return FERRY_TOO_SMALL;
            found->second.copy(buffer, *size);
            return FERRY_OK;
        };
        context.struct_size = sizeof context;
        context.state_dir = context.work_dir = to_abi(path);
    }
};

ferry_error fresh() {
    ferry_error error{};
    error.struct_size = sizeof error;
    return error;
}

struct Opened {
    const ferry_plugin& plugin = upload_plugin_table();
    const ferry_task_type& type;
    void* context = nullptr;
    ferry_error error = fresh();
    explicit Opened(std::size_t task = 0) : type(*plugin.tasks[task]) {
        REQUIRE(plugin.open(&context, &error) == FERRY_OK);
    }
    ~Opened() { plugin.close(context); }
};

} // namespace

TEST_CASE("the table is whole and carries the schema") {
    const ferry_plugin& plugin = upload_plugin_table();
    CHECK(plugin.abi_major == FERRY_ABI_MAJOR);
    CHECK(from_abi(plugin.name) == "upload");
    REQUIRE(plugin.task_count == 4);
    const std::pair<const char*, const char*> tasks[]{{"upload", "\"parallel_parts\""},
                                                      {"uploads-list", "\"project\""},
                                                      {"uploads-abort", "\"older_than\""},
                                                      {"upload-verify", "\"receipts\""}};
    for (std::size_t i = 0; i < std::size(tasks); ++i) {
        CHECK(from_abi(plugin.tasks[i]->name) == tasks[i].first);
        CHECK(from_abi(plugin.tasks[i]->options_schema).find(tasks[i].second) != std::string_view::npos);
    }
}

TEST_CASE("validate reports problems one by one, and missing credentials among them") {
    Opened upload;
    FakeHost host;
    CHECK(upload.type.validate(upload.context, to_abi(good), &host.context, &host.services, &upload.error) == FERRY_OK);
    CHECK(host.diagnostics.empty());

    host.secrets.clear();
    std::string bad = good;
    bad.replace(bad.find("me/p"), 4, "nope");
    CHECK(upload.type.validate(upload.context, to_abi(bad), &host.context, &host.services, &upload.error) ==
          FERRY_INVALID);
    CHECK(host.diagnostics == std::vector<std::string>{"/project", "/endpoint"});
}

TEST_CASE("a task that fails says so through the error report, with an older host too") {
    Opened upload;
    FakeHost host;
    void* task = nullptr;
    REQUIRE(upload.type.create(upload.context, to_abi(good), &host.context, &host.services, &task, &upload.error) ==
            FERRY_OK);
    CHECK(upload.type.run(task, &upload.error) == FERRY_INVALID); // there is no file "a"
    CHECK(std::string(upload.error.message).find(host.path + "/a") != std::string::npos);
    CHECK(host.outputs.at("files") == "[]");
    CHECK(host.outputs.at("api_calls") == "0");
    upload.type.destroy(task);
}

TEST_CASE("a host whose tables are cut short is refused") {
    Opened upload;
    FakeHost host;
    void* task = nullptr;
    host.services.struct_size = offsetof(ferry_services, secret);
    CHECK(upload.type.create(upload.context, to_abi(good), &host.context, &host.services, &task, &upload.error) ==
          FERRY_UNSUPPORTED);
    CHECK(upload.type.create(upload.context, to_abi(good), nullptr, nullptr, &task, nullptr) == FERRY_UNSUPPORTED);
    CHECK(task == nullptr);
}

TEST_CASE("garbage for options is an error") {
    Opened upload;
    FakeHost host;
    void* task = nullptr;
    for (const char* json : {"", "[]", "{\"files\":", "{}"})
        CHECK(upload.type.create(upload.context, to_abi(json), &host.context, &host.services, &task, &upload.error) !=
              FERRY_OK);
    CHECK(task == nullptr);
}

TEST_CASE("the companion tasks check offline, and tell their outputs where the platform cannot be reached, too") {
    const std::string patience =
        R"(,"retry":{"attempts":1,"max_elapsed":"1ms"},"timeouts":{"connect":1,"stall":1,"complete":1}})";
    struct Case {
        std::size_t task;
        const char* options;
        const char* output;
    };
    for (const Case& one :
         {Case{1, R"({"project":"me/p")", "uploads"}, Case{2, R"({"upload_ids":["u"])", "skipped"},
          Case{3,
               R"({"uploaded":[{"path":"a","id":"f1","size":0}],"preserve_folders":false,"base_dir":".","parallel":1)",
               "files"}}) {
        CAPTURE(one.options);
        Opened opened(one.task);
        FakeHost host;
        const std::string options = one.options + patience;
        CHECK(opened.type.validate(opened.context, to_abi(options), &host.context, &host.services, &opened.error) ==
              FERRY_OK);
        void* task = nullptr;
        REQUIRE(opened.type.create(opened.context, to_abi(options), &host.context, &host.services, &task,
                                   &opened.error) == FERRY_OK);
        CHECK(opened.type.run(task, &opened.error) == FERRY_FAILED);
        CHECK(std::string(opened.error.kind) == "network");
        CHECK(std::string(opened.error.message).find("127.0.0.1") != std::string::npos);
        opened.type.destroy(task);
        CHECK(host.outputs.contains(one.output));
        CHECK(host.outputs.at("api_calls") == "0");

        host.secrets.clear();
        CHECK(opened.type.validate(opened.context, to_abi(options), &host.context, &host.services, &opened.error) ==
              FERRY_INVALID);
        CHECK(host.diagnostics == std::vector<std::string>{"/endpoint"});
        CHECK(opened.type.create(opened.context, to_abi("{}"), &host.context, &host.services, &task, &opened.error) !=
              FERRY_OK);
    }
}

TEST_CASE("an abort that is planned offline tells what it would be about, and asks nobody") {
    const std::string rest = R"(,"retry":{"attempts":1,"max_elapsed":"1s"},"timeouts":{"connect":1,"stall":1}})";
    for (const auto& [options, said] : std::vector<std::pair<std::string, std::string>>{
             {R"({"upload_ids":["upload-a",["upload-b"]])", ", and abort upload-a, upload-b; it was not asked"},
             {R"({"older_than":"24h","project":"me/p")",
              ", and abort what was begun 24 h 00 min ago or earlier in project me/p; it was not asked"}}) {
        Opened opened(2);
        FakeHost host;
        host.context.dry_run = FERRY_DRY_RUN | FERRY_DRY_RUN_OFFLINE;
        void* task = nullptr;
        REQUIRE(opened.type.create(opened.context, to_abi(options + rest), &host.context, &host.services, &task,
                                   &opened.error) == FERRY_OK);
        CHECK(opened.type.run(task, &opened.error) == FERRY_OK); // nobody listens at the endpoint
        opened.type.destroy(task);
        CHECK_MESSAGE(host.said.find(said) != std::string::npos, host.said);
    }
}

} // namespace ferry
