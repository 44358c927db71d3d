#include "workspace.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <utility>

namespace ferry::test {

TEST_CASE("a token that the platform refuses stops everything with exit code 4") {
    Workspace space;
    space.environment["SB_AUTH_TOKEN"] = "0123456789abcdef0123456789abcdef";
    space.make_file("a.bin", 10);
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["a.bin"])");
    CHECK(result.status == 4);
    CHECK(result.err.find("SB_AUTH_TOKEN") != std::string::npos);
    CHECK(result.err.find("0123456789abcdef") == std::string::npos);
    CHECK(space.server().counters().api_calls == 1);
}

TEST_CASE("an unknown project fails with its name") {
    Workspace space;
    space.make_file("a.bin", 10);
    const ProcessResult result = space.upload(R"("project":"me/my-projekt","files":["a.bin"])");
    CHECK(result.status == 1);
    CHECK(result.err.find("me/my-projekt") != std::string::npos);
}

TEST_CASE("wrong options end with exit code 2 and name key and remedy before any step has run") {
    Workspace space;
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"("projekt":"me/p","files":["a"])", "project"},
        {R"("project":"me/p","files":["a"],"parallel_parts":"many")", "parallel_parts"},
        {R"("project":"me/p","files":["a"],"parallel_parts":1000)", "64"},
        {R"("project":"me/p","parent":"x","files":["a"])", "parent"},
        {R"("files":["a"])", "project"},
        {R"("project":"My Project","files":["a"])", "owner/short-name"},
        {R"("project":"me/p","files":["a"],"part_size":"5MB")", "MiB"},
        {R"("project":"me/p","files":["a"],"part_size":"1MiB")", "5MiB"},
        {R"("project":"me/p","files":"a")", "files"},
        {R"("project":"me/p","files":["a"],"endpoint":"http://example.org/v2")", "https"},
        {R"("project":"me/p","files":["a"],"retry":{"attempt":3})", "attempts"},
    };
    for (const auto& [options, fragment] : cases) {
        CAPTURE(options);
        const ProcessResult result = space.upload(options);
        CHECK(result.status == 2);
        CHECK_MESSAGE(result.err.find(fragment) != std::string::npos, result.err);
        CHECK(result.err.find("upload.json") != std::string::npos);
    }
    CHECK(space.server().counters().api_calls == 0);
}

TEST_CASE("a missing token is found before the analysis begins") {
    Workspace space;
    space.environment["SB_AUTH_TOKEN"] = "";
    space.environment["SB_API_ENDPOINT"] = "";
    const auto workflow = space.dir() / "w.json";
    std::ofstream(workflow) << R"({"name":"w","steps":[
      {"id":"a","task":"command","with":{"command":["sh","-c","echo x > made"],"outputs":{"f":"made"}}},
      {"id":"u","task":"upload","needs":["a"],"with":{"project":"me/my-project","files":["${steps.a.outputs.f}"]}}]})";
    const ProcessResult result = space.ferry({"run", workflow.string()});
    CHECK(result.status == 2);
    CHECK(result.err.find("SB_AUTH_TOKEN") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(space.dir() / "made"));
}

TEST_CASE("credentials come from the profile file too") {
    Workspace space;
    space.environment["SB_AUTH_TOKEN"] = "";
    space.environment["SB_API_ENDPOINT"] = "";
    space.make_file("a.bin", 10);
    const auto path = space.dir() / ".sevenbridges/credentials";
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "[default]\napi_endpoint = https://api.sbgenomics.com/v2\nauth_token = nope\n"
                        << "[local]\napi_endpoint = " << space.server().api()
                        << "/\nauth_token   =   " << space.server().token() << "\nadvance_access = true\n";
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["a.bin"],"profile":"local")");
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(space.stored("a.bin", Workspace::bytes(10)));
}

TEST_CASE("a plugin folder that others can write to is refused, and only workflows that need it fail") {
    Workspace space;
    const auto plugins = space.dir() / "plugins";
    std::filesystem::create_directories(plugins);
    std::ofstream(plugins / "upload.so") << "not a library";
    const auto workflow = space.dir() / "w.json";
    std::ofstream(workflow) << R"({"name":"w","steps":[{"id":"a","task":"command","with":{"command":["true"]}}]})";
    CHECK(space.ferry({"run", workflow.string(), "--plugin-dir", plugins.string()}).status == 0);
    const ProcessResult needs = space.ferry(
        {"run", space.upload_workflow(R"("project":"me/p","files":["a"])"), "--plugin-dir", plugins.string()});
    CHECK(needs.status == 3);
    CHECK(needs.err.find("upload.so") != std::string::npos);
    const ProcessResult tasks = space.ferry({"tasks", "--plugin-dir", plugins.string()});
    CHECK((tasks.out + tasks.err).find("upload.so") != std::string::npos);
}

TEST_CASE("a token that may only read is told by a dry run, and by a run before any byte") {
    platform::PlatformSettings settings;
    settings.may_write = false;
    Workspace space(settings);
    space.make_file("a.bin", 10);
    const std::string workflow = space.upload_workflow(R"("project":"me/my-project","files":["a.bin","missing"])");
    const ProcessResult plan = space.ferry({"run", workflow, "--dry-run"});
    CHECK(plan.status == 4);
    CHECK_MESSAGE(plan.err.find("the token may not write to me/my-project, only read") != std::string::npos, plan.err);
    CHECK(plan.err.find("missing: there is no such file") != std::string::npos);
    const ProcessResult run = space.upload(R"("project":"me/my-project","files":["a.bin"])");
    CHECK(run.status == 4);
    CHECK(run.err.find("code 3001") != std::string::npos);
    CHECK(space.server().counters().puts == 0);
}

} // namespace ferry::test
