// What uploads leave on the platform: listed, aborted, and begun anew.
#include "workspace.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <thread>
#include <wordexp.h>

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
    CHECK(entry->getValue<int>("parts") == 5);
    CHECK(entry->getValue<std::uint64_t>("size") == 5 * Workspace::part);
    CHECK(entry->getValue<std::string>("folder").empty());
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

// The command that the last line of that kind advises, as words for ferry.
std::vector<std::string> advised(const std::string& err, const std::string& lead) {
    const std::size_t at = err.find(lead);
    REQUIRE_MESSAGE(at != std::string::npos, err);
    const std::size_t begin = at + lead.size();
    const std::string command = err.substr(begin, err.find('\n', begin) - begin);
    wordexp_t read{};
    REQUIRE(::wordexp(command.c_str(), &read, WRDE_NOCMD | WRDE_UNDEF) == 0); // as a shell takes it
    std::vector<std::string> words(read.we_wordv, read.we_wordv + read.we_wordc);
    ::wordfree(&read);
    REQUIRE(words.at(0) == "ferry");
    words.erase(words.begin());
    return words;
}

TEST_CASE("a stopped upload says what is left, and the command that drops it works as it is, anywhere") {
    for (const int signal : {SIGTERM, SIGINT}) {
        Workspace space;
        const auto process = hanging(space);
        process->signal(signal);
        const ProcessResult stopped = process->wait();
        CHECK(stopped.status == 128 + signal);
        CHECK_MESSAGE(stopped.err.find("1 unfinished upload (195.31 KiB stored on the platform, known in " +
                                       (space.dir() / ".ferry").string() +
                                       ") is kept for resume: run the same again to finish it, or drop it with: ") !=
                          std::string::npos,
                      stopped.err);
        CHECK(stopped.err.find(space.server().token()) == std::string::npos);
        CHECK(document(stopped)->getObject("steps")->getObject("publish")->getObject("outputs")->has("unfinished"));
        TempDir elsewhere;
        ProcessSetup setup = space.setup();
        setup.work_dir = elsewhere.path();
        setup.environment.erase("SB_API_ENDPOINT");
        const ProcessResult dropped = run_ferry(advised(stopped.err, "or drop it with: "), setup);
        CHECK_MESSAGE(dropped.status == 0, dropped.err);
        CHECK(space.server().open_upload_count() == 0);
        const ProcessResult again = space.upload(options);
        CHECK_MESSAGE(again.err.find("going on with") == std::string::npos, again.err);
        CHECK(again.status == 0);
        CHECK(again.err.find("unfinished") == std::string::npos);
    }
}

TEST_CASE("many unfinished uploads are dropped by one command that leaves strangers alone") {
    Workspace space;
    space.server().add_faults(R"({"operation":"complete","fault":"status","status":403,"code":8001,"times":13})");
    std::string list;
    for (int i = 0; i < 12; ++i) {
        const std::string name = "f" + std::to_string(i);
        space.make_file(name, 10);
        list += (i == 0 ? "\"" : ",\"") + name + "\"";
    }
    const ProcessResult failed = space.upload(R"("project":"me/my-project","files":[)" + list + "]");
    CHECK(failed.status != 0);
    const std::size_t open = space.server().open_upload_count();
    REQUIRE(open > 8);
    Workspace stranger;
    stranger.environment["SB_API_ENDPOINT"] = space.server().api();
    stranger.environment["SB_AUTH_TOKEN"] = space.server().token();
    stranger.make_file("other", 10);
    CHECK(stranger.upload(R"("project":"me/my-project","files":["other"])").status != 0);
    REQUIRE(space.server().open_upload_count() == open + 1);
    const ProcessResult dropped =
        space.ferry(advised(failed.err, "or drop all that this state directory knows there with: "));
    CHECK_MESSAGE(dropped.status == 0, dropped.err);
    CHECK(space.server().open_upload_count() == 1);
}

TEST_CASE("a batch sums up what its rows leave, and one command drops it") {
    Workspace space;
    space.server().add_faults(R"({"operation":"complete","fault":"status","status":403,"code":8001,"times":2})");
    space.make_file("f1", 10);
    space.make_file("f2", 20);
    const auto workflow = space.dir().string() + "/w.json";
    std::ofstream(workflow) << R"({"name":"w","vars":{"f":null},"steps":[{"id":"publish","task":"upload",
      "with":{"project":"me/my-project","files":["${vars.f}"]}}]})";
    std::ofstream(space.dir() / "rows.csv") << "f\nf1\nf2\n";
    const std::vector<std::string> batch{"batch", workflow, "--manifest", (space.dir() / "rows.csv").string()};
    const ProcessResult failed = space.ferry(batch);
    CHECK(failed.status == 1);
    CHECK_MESSAGE(failed.err.find("2 unfinished uploads (30 B stored on the platform, known in ") != std::string::npos,
                  failed.err);
    REQUIRE(space.server().open_upload_count() == 2);
    const ProcessResult dropped = space.ferry(advised(failed.err, "or drop them with: "));
    CHECK_MESSAGE(dropped.status == 0, dropped.err);
    CHECK(space.server().open_upload_count() == 0);
    CHECK(space.ferry(batch).status == 0);
}

TEST_CASE("old journals and records leave the state directory at the end of a run") {
    Workspace space;
    space.make_file("f1", 10);
    space.make_file("f2", 20);
    const auto upload = [&](const std::string& name) {
        const ProcessResult done = space.upload(R"("project":"me/my-project","files":[")" + name + "\"]");
        CHECK_MESSAGE(done.status == 0, done.err);
        return outputs(done, "publish")->getValue<int>("api_calls");
    };
    const auto state = space.dir() / ".ferry";
    const auto files = [&](const std::string& folder, const std::string& end) {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(state / folder))
            count += entry.path().extension() == end ? 1 : 0;
        return count;
    };
    upload("f1");
    CHECK(files("uploads", ".journal") == 1);
    CHECK(files("steps", ".json") == 1);
    const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 91);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(state))
        if (entry.is_regular_file())
            std::filesystem::last_write_time(entry.path(), old);
    CHECK(upload("f2") == 4); // as ever: a listing, and three for a file of one part
    CHECK(files("uploads", ".journal") == 1);
    CHECK(files("steps", ".json") == 1);
    CHECK(upload("f2") > 0);
    CHECK(files("uploads", ".journal") == 1);
}

TEST_CASE("by age: young ones stay, and old ones that a step here would go on with; others go") {
    Workspace space;
    (void)killed(space);
    const ProcessResult young = space.ferry(older("1h"));
    REQUIRE_MESSAGE(young.status == 0, young.err);
    CHECK(outputs(young, "uploads-abort")->getArray("aborted")->size() == 0);
    CHECK(space.server().open_upload_count() == 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(2100)); // the platform's times are whole seconds
    const ProcessResult wanted = space.ferry(older("1s"));
    REQUIRE_MESSAGE(wanted.status == 0, wanted.err);
    const auto skipped = outputs(wanted, "uploads-abort")->getArray("skipped");
    REQUIRE(skipped->size() == 1);
    CHECK(skipped->getObject(0)->getValue<std::string>("reason").find((space.dir() / "a.bin").string()) !=
          std::string::npos);
    CHECK(space.server().open_upload_count() == 1);
    std::filesystem::remove(space.dir() / "a.bin");
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
    for (const auto& [with, fragment] : std::vector<std::pair<std::string, std::string>>{
             {R"("older_than":"24h")", "project"},
             {R"("older_than":"1 day","project":"me/p")", "older_than"},
             {R"("upload_ids":["a"],"project":"me/p")", "older_than"},
             {R"("upload_ids":[".."])", "upload_ids"},
             {R"("upload_ids":["a"],"known":"drop")", "older_than"},
             {R"("upload_ids":["a"],"timeouts":{"complete":5})", "complete"},
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
