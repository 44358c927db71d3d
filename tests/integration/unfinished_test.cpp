// What uploads leave on the platform: listed, aborted, and begun anew.
#include "workspace.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <thread>

namespace ferry::test {

namespace {

constexpr const char* options = R"("project":"me/my-project","files":["a.bin"],"parallel_parts":1)";

// A step that hangs at its third part, with two stored.
std::unique_ptr<FerryProcess> hanging(Workspace& space) {
    using namespace std::chrono_literals;
    space.server().add_faults(R"({"operation":"put","part":3,"fault":"stall","times":1})");
    space.make_file("a.bin", 5 * Workspace::part);
    const std::uint64_t before = space.server().counters().puts;
    auto process =
        std::make_unique<FerryProcess>(std::vector<std::string>{"run", space.upload_workflow(options)}, space.setup());
    for (int i = 0; i < 3000 && space.server().counters().puts < before + 3; ++i)
        std::this_thread::sleep_for(10ms);
    REQUIRE(space.server().counters().puts >= before + 3);
    return process;
}

// The id of the upload that a killed step leaves.
std::string killed(Workspace& space) {
    const auto process = hanging(space);
    process->signal(SIGKILL);
    CHECK(process->wait().status == 128 + SIGKILL);
    REQUIRE(space.server().open_upload_count() == 1);
    return space.server().open_uploads().front().upload_id;
}

ProcessResult abort_id(const Workspace& space, const std::string& id, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"task", "uploads-abort", "--set", "upload_ids=[\"" + id + "\"]"};
    words.insert(words.end(), more.begin(), more.end());
    return space.ferry(words);
}

std::vector<std::string> older(const std::string& age) {
    return {"task", "uploads-abort", "--set", "project=me/my-project", "--set", "older_than=" + age};
}

} // namespace

TEST_CASE("a killed upload is listed with its parts, dropped on request, and begun anew by the next run") {
    Workspace space;
    const std::string id = killed(space);
    const ProcessResult listed = space.ferry({"task", "uploads-list", "--set", "project=me/my-project"});
    REQUIRE_MESSAGE(listed.status == 0, listed.err);
    const auto told = outputs(listed, "uploads-list");
    CHECK(told->getValue<int>("count") == 1);
    CHECK(told->getValue<int>("api_calls") == 3);
    const auto entry = told->getArray("uploads")->getObject(0);
    CHECK(entry->getValue<std::string>("upload_id") == id);
    CHECK(entry->getValue<std::string>("name") == "a.bin");
    CHECK(entry->getValue<std::string>("project") == "me/my-project");
    CHECK(entry->getValue<std::string>("initiated").ends_with("Z"));
    CHECK(entry->getValue<int>("age_seconds") >= 0);
    CHECK(entry->getValue<int>("parts_reported") == 0);
    CHECK(entry->getValue<int>("parts_stored") == 2);
    CHECK(entry->getValue<std::uint64_t>("part_size") == Workspace::part);
    CHECK(entry->getValue<bool>("known"));
    CHECK(entry->getValue<std::string>("path") == (space.dir() / "a.bin").string());
    CHECK(listed.err.find("upload " + id + " of 'a.bin', begun ") != std::string::npos);

    const ProcessResult dry = abort_id(space, id, {"--dry-run"});
    CHECK_MESSAGE(dry.status == 0, dry.err);
    CHECK(dry.err.find("would abort upload " + id + " of 'a.bin'") != std::string::npos);
    CHECK(space.server().open_upload_count() == 1);

    const ProcessResult aborted = abort_id(space, id);
    REQUIRE_MESSAGE(aborted.status == 0, aborted.err);
    CHECK(outputs(aborted, "uploads-abort")->getArray("aborted")->getElement<std::string>(0) == id);
    CHECK(space.server().open_upload_count() == 0);

    const ProcessResult again = space.upload(options);
    REQUIRE_MESSAGE(again.status == 0, again.err);
    CHECK(again.err.find("warning") == std::string::npos);
    CHECK(outputs(again, "publish")->getArray("files")->getObject(0)->getValue<std::string>("upload_id") != id);
    CHECK(space.stored("a.bin", Workspace::bytes(5 * Workspace::part)));
    CHECK(space.server().open_upload_count() == 0);
}

TEST_CASE("the command that a stopped upload prints drops what it left") {
    Workspace space;
    const auto process = hanging(space);
    process->signal(SIGTERM);
    const ProcessResult stopped = process->wait();
    const std::string id = space.server().open_uploads().at(0).upload_id;
    const std::string command = "ferry task uploads-abort --set 'upload_ids=[\"" + id + "\"]'";
    CHECK_MESSAGE(stopped.err.find(command) != std::string::npos, stopped.err);
    CHECK(abort_id(space, id).status == 0);
    CHECK(space.server().open_upload_count() == 0);
}

TEST_CASE("by age: young ones stay, old ones go") {
    Workspace space;
    (void)killed(space);
    const ProcessResult young = space.ferry(older("1h"));
    REQUIRE_MESSAGE(young.status == 0, young.err);
    CHECK(outputs(young, "uploads-abort")->getArray("aborted")->size() == 0);
    CHECK(space.server().open_upload_count() == 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(2100)); // the platform's times are whole seconds
    const ProcessResult old = space.ferry(older("1s"));
    REQUIRE_MESSAGE(old.status == 0, old.err);
    CHECK(outputs(old, "uploads-abort")->getArray("aborted")->size() == 1);
    CHECK(space.server().open_upload_count() == 0);
}

TEST_CASE("what a living process has in work is not dropped") {
    Workspace space;
    const auto process = hanging(space);
    const std::string id = space.server().open_uploads().at(0).upload_id;
    const std::string owner = "process " + std::to_string(process->pid()) + " on host ";
    const ProcessResult named = abort_id(space, id);
    CHECK(named.status == 1);
    CHECK_MESSAGE(named.err.find(owner) != std::string::npos, named.err);
    const ProcessResult aged = space.ferry(older("0"));
    CHECK_MESSAGE(aged.status == 0, aged.err);
    const auto skipped = outputs(aged, "uploads-abort")->getArray("skipped");
    REQUIRE(skipped->size() == 1);
    CHECK(skipped->getObject(0)->getValue<std::string>("upload_id") == id);
    CHECK(skipped->getObject(0)->getValue<std::string>("reason").find(owner) == 0);
    CHECK(space.server().counters().of("abort") == 0);
    process->signal(SIGINT);
    CHECK(process->wait().status == 128 + SIGINT);
    CHECK(space.upload(options).status == 0);
    CHECK(space.stored("a.bin", Workspace::bytes(5 * Workspace::part)));
}

TEST_CASE("an id that does not exist counts as aborted, a wrong token ends with 4, a wrong project with 1") {
    Workspace space;
    const ProcessResult none = abort_id(space, "never-was");
    CHECK(none.status == 0);
    CHECK(none.err.find("upload never-was is not open on the platform: it counts as aborted") != std::string::npos);
    CHECK(space.ferry({"task", "uploads-list", "--set", "project=me/my-projekt"}).status == 1);
    space.environment["SB_AUTH_TOKEN"] = "0123456789abcdef0123456789abcdef";
    for (const ProcessResult& refused :
         {abort_id(space, "x"), space.ferry({"task", "uploads-list", "--set", "project=me/my-project"}),
          space.ferry(older("1h"))}) {
        CHECK(refused.status == 4);
        CHECK(refused.err.find("0123456789abcdef") == std::string::npos);
    }
}

TEST_CASE("the companion tasks are checked without a network and stand in workflows like any other") {
    Workspace space;
    const auto workflow = [&](const std::string& with) {
        const auto file = space.dir() / "w.json";
        std::ofstream(file) << R"({"name":"w","steps":[
          {"id":"look","task":"uploads-list","with":{"project":"me/my-project"}},
          {"id":"drop","task":"uploads-abort","needs":["look"],"with":{)" +
                                   with + "}}]}";
        return file.string();
    };
    CHECK(space.ferry({"validate", workflow(R"("older_than":"24h","project":"me/my-project")")}).status == 0);
    for (const auto& [with, fragment] :
         std::vector<std::pair<std::string, std::string>>{{R"("older_than":"24h")", "project"},
                                                          {R"("older_than":"1 day","project":"me/p")", "older_than"},
                                                          {R"("upload_ids":["a"],"project":"me/p")", "older_than"},
                                                          {R"("upload_ids":[".."])", "upload_ids"},
                                                          {R"("project":"me/p")", "upload_ids"}}) {
        CAPTURE(with);
        const ProcessResult refused = space.ferry({"validate", workflow(with)});
        CHECK(refused.status == 2);
        CHECK_MESSAGE(refused.err.find(fragment) != std::string::npos, refused.err);
    }
    CHECK(space.server().counters().api_calls == 0);
    const ProcessResult ran =
        space.ferry({"run", workflow(R"("upload_ids":["${steps.look.outputs.uploads[0].upload_id}"])")});
    CHECK(ran.status == 1); // there is none
    const ProcessResult cleaned = space.ferry({"run", workflow(R"("older_than":0,"project":"me/my-project")")});
    CHECK_MESSAGE(cleaned.status == 0, cleaned.err);
    const ProcessResult tasks = space.ferry({"tasks"});
    CHECK(tasks.out.find("\nuploads-list ") != std::string::npos);
    CHECK(tasks.out.find("\nuploads-abort ") != std::string::npos);
}

} // namespace ferry::test
