#include "workspace.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

#include <fstream>

namespace ferry::test {

TEST_CASE("results of an analysis step are uploaded in parallel parts and handed on") {
    platform::PlatformSettings settings;
    settings.storage_latency = platform::Milliseconds(50); // so that parts overlap even on a slow machine
    Workspace space(settings);
    const std::string content = Workspace::bytes(20 * Workspace::part + 1);
    space.make_file("input.dat", content.size());
    const auto workflow = space.dir() / "main.json";
    std::ofstream(workflow) << R"({
      "name": "main-job", "vars": { "sample": null },
      "steps": [
        { "id": "analyse", "task": "command",
          "with": { "command": ["sh", "-c", "cp input.dat \"$SAMPLE.bam\" && echo done > \"$SAMPLE.txt\""],
                    "env": { "SAMPLE": "${vars.sample}" },
                    "outputs": { "bam": "${vars.sample}.bam", "texts": "*.txt" } } },
        { "id": "publish", "task": "upload", "needs": ["analyse"],
          "with": { "project": "me/my-project",
                    "files": ["${steps.analyse.outputs.bam}", "${steps.analyse.outputs.texts}"] } },
        { "id": "tell", "task": "command", "needs": ["publish"],
          "with": { "command": ["sh", "-c", "printf '%s|%s|%s' \"$ID\" \"$BYTES\" \"$NAME\" > told"],
                    "env": { "ID": "${steps.publish.outputs.file_ids[0]}", "BYTES": "${steps.publish.outputs.bytes}",
                             "NAME": "${steps.publish.outputs.files[0].status}" } } }
      ] })";
    const ProcessResult result =
        space.ferry({"run", workflow.string(), "--var", "sample=s [1]*", "--outputs", "out.json"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(space.stored("s [1]*.bam", content));
    CHECK(space.stored("s [1]*.txt", "done\n"));

    const auto counters = space.server().counters();
    // 21 parts and 1 part: N + 2 calls each, and one listing for both.
    CHECK(counters.api_calls == (21 + 2) + (1 + 2) + 1);
    CHECK(counters.stored_parts == 22);
    CHECK(counters.max_concurrent_puts >= 4);
    CHECK(counters.token_leaks == 0);
    CHECK(space.server().open_upload_count() == 0);

    const auto published = outputs(result, "publish");
    CHECK(published->getValue<std::uint64_t>("bytes") == content.size() + 5);
    CHECK(published->getValue<std::uint64_t>("api_calls") == counters.api_calls);
    CHECK(published->getArray("files")->size() == 2);
    // In the order that the step names them, although the small one is done first.
    CHECK(published->getArray("files")->getObject(0)->getValue<std::string>("name") == "s [1]*.bam");
    CHECK(published->getArray("file_ids")->getElement<std::string>(1) ==
          space.server().stored("me/my-project", "s [1]*.txt").id);
    CHECK_FALSE(published->has("file_id"));
    CHECK(read_file(space.dir() / "out.json") == result.out);
    CHECK(read_file(space.dir() / "told").ends_with("|uploaded"));
}

TEST_CASE("the entry of a file says what became of it") {
    Workspace space;
    space.make_file("a.bin", 3 * Workspace::part);
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["a.bin"])");
    REQUIRE_MESSAGE(result.status == 0, result.err);
    const auto file = outputs(result, "publish")->getArray("files")->getObject(0);
    const platform::StoredFile stored = space.server().stored("me/my-project", "a.bin");
    CHECK(file->getValue<std::string>("path") == (space.dir() / "a.bin").string());
    CHECK(file->getValue<std::string>("name") == "a.bin");
    CHECK(file->getValue<std::string>("id") == stored.id);
    CHECK(file->getValue<std::string>("project") == "me/my-project");
    CHECK(file->getValue<std::string>("status") == "uploaded");
    CHECK(file->getValue<int>("parts") == 3);
    CHECK(file->getValue<std::uint64_t>("part_size") == Workspace::part);
    CHECK(file->getValue<std::string>("etag").ends_with("-3"));
    CHECK(outputs(result, "publish")->getValue<std::string>("file_id") == stored.id);
    CHECK(document(result)->getValue<std::string>("status") == "succeeded");
}

TEST_CASE("two upload steps side by side each have all their slots") {
    platform::PlatformSettings settings;
    settings.storage_latency = platform::Milliseconds(300);
    Workspace space(settings);
    space.make_file("a.bin", 8 * Workspace::part, 1);
    space.make_file("b.bin", 8 * Workspace::part, 2);
    const auto workflow = space.dir() / "two.json";
    std::ofstream(workflow) << R"({"name":"two","steps":[
      {"id":"one","task":"upload","with":{"project":"me/my-project","files":["a.bin"],"parallel_parts":8}},
      {"id":"two","task":"upload","with":{"project":"me/my-project","files":["b.bin"],"parallel_parts":8}}]})";
    const ProcessResult result = space.ferry({"run", workflow.string(), "--jobs", "2"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(space.server().counters().max_concurrent_puts > 8);
    CHECK(space.stored("a.bin", Workspace::bytes(8 * Workspace::part, 1)));
    CHECK(space.stored("b.bin", Workspace::bytes(8 * Workspace::part, 2)));
}

TEST_CASE("ferry task runs one task without a workflow") {
    Workspace space;
    space.make_file("a.bin", 10);
    const ProcessResult result =
        space.ferry({"task", "upload", "--set", "project=me/my-project", "--set", R"(files=["a.bin"])"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(outputs(result, "upload")->has("file_id"));
    CHECK(space.stored("a.bin", Workspace::bytes(10)));
}

TEST_CASE("a dry run changes nothing on the platform") {
    Workspace space;
    space.make_file("a.bin", 10);
    const ProcessResult result =
        space.ferry({"run", space.upload_workflow(R"("project":"me/my-project","files":["a.bin"])"), "--dry-run"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(space.server().counters().of("init") == 0);
    CHECK(space.server().files("me/my-project").empty());
}

TEST_CASE("a dry run of several uploads tells what they come to together") {
    Workspace space;
    space.make_file("a.bin", 10);
    space.make_file("b.bin", 20);
    std::ofstream(space.dir() / "w.json") << R"({"name":"w","steps":[
      {"id":"a","task":"upload","with":{"project":"me/my-project","files":["a.bin"]}},
      {"id":"b","task":"upload","with":{"project":"me/my-project","files":["b.bin"]}},
      {"id":"make","task":"command","with":{"command":["true"],"outputs":{"c":"c.bin"}}},
      {"id":"c","task":"upload","needs":["make"],"with":{"project":"me/my-project","files":["${steps.make.outputs.c}"]}}]})";
    const ProcessResult result = space.ferry({"run", "w.json", "--dry-run"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK_MESSAGE(result.out.find("in all: 2 files, 30 B, in 2 parts with 8 API calls\n"
                                  "not in it: 1 step of upload, known only when it runs\n") != std::string::npos,
                  result.out);
    CHECK(space.server().counters().of("init") == 0);
}

TEST_CASE("an upload under a bandwidth limit is whole, and a limit without a unit is refused before anything is sent") {
    Workspace space;
    space.make_file("a.bin", 6 * Workspace::part);
    const std::string options = R"("project":"me/my-project","files":["a.bin"],"bandwidth_limit":)";
    const ProcessResult slow = space.upload(options + "200");
    CHECK(slow.status == 2);
    CHECK_MESSAGE(slow.err.find("bandwidth_limit") != std::string::npos, slow.err);
    CHECK_MESSAGE(slow.err.find("at least 16KiB") != std::string::npos, slow.err);
    CHECK(space.server().counters().calls.empty());
    const ProcessResult result = space.upload(options + "\"4MiB\"");
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(space.stored("a.bin", Workspace::bytes(6 * Workspace::part)));
}

TEST_CASE("a hundred small files cost three calls each, and one listing") {
    Workspace space;
    std::string files;
    for (int i = 0; i < 100; ++i) {
        const std::string name = "small-" + std::to_string(i);
        space.make_file(name, 100);
        files += (files.empty() ? "\"" : ",\"") + name + '"';
    }
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":[)" + files + "]");
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(outputs(result, "publish")->getValue<int>("api_calls") == 301);
}

} // namespace ferry::test
