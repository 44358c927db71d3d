// The folder of a workflow's runs: identity, the last id, one process at a time, old runs.
#include "workflow/run_folder.hpp"

#include "resume_fixture.hpp"

#include <set>
#include <sys/stat.h>
#include <unistd.h>

using namespace ferry;
using namespace ferry::test;

namespace {

struct Bench {
    TempDir dir;
    SystemClock clock;
    std::string info;
    std::string warned;

    Bench() { std::filesystem::create_directory(dir / "state"); }
    RunFolder folder() const { return {(dir / "state").string(), "abc"}; }
    RunFolder::Told told() {
        return {[this](const std::string& words) { info += words; },
                [this](const std::string& words) { warned += words; },
                {}};
    }
    std::set<std::string> runs() const {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(dir / "state/runs/abc"))
            if (entry.is_directory())
                names.insert(entry.path().filename());
        return names;
    }
};

std::string run_id(int number) {
    return "20260101T0000" + std::to_string(10 + number) + "Z-0123abcd";
}

} // namespace

TEST_CASE("the identity is that of file, variables and working directory") {
    ResumeFixture f(R"({"id":"a","task":"probe"})");
    const std::string first = run_identity(*f.load(), "/work");
    CHECK(first.size() == 32);
    CHECK(run_identity(*f.load(), "/work") == first);
    CHECK(run_identity(*f.load(), "/work2") != first);
    f.request.vars = {{"v", "2"}};
    CHECK(run_identity(*f.load(), "/work") != first);
    f.request.vars.clear();
    f.text.replace(f.text.find("\"a\""), 3, "\"b\""); // another content is another state of the same
    CHECK(run_identity(*f.load(), "/work") == first);
    auto other = *f.load();
    other.file = "elsewhere.json";
    CHECK(run_identity(other, "/work") != first);
}

TEST_CASE("the identity of a task alone is that of its options") {
    FakeTasks tasks;
    LoadRequest request;
    const auto identity = [&](const std::string& text) {
        JsonObject::Ptr options = new_object();
        options->set("text", text);
        const LoadResult loaded = load_task("probe", options, {}, tasks.registry(), request);
        REQUIRE(loaded.workflow);
        return run_identity(*loaded.workflow, "/work");
    };
    CHECK(identity("x") == identity("x"));
    CHECK(identity("x") != identity("y"));
}

TEST_CASE("the last run's id is kept, and nothing else is taken for one") {
    Bench place;
    RunFolder folder = place.folder();
    CHECK(folder.last_run_id().empty());
    REQUIRE_FALSE(folder.lease(place.clock, place.told()));
    CHECK(folder.last_run_id().empty());
    REQUIRE_FALSE(folder.begin(run_id(1)));
    CHECK(folder.last_run_id() == run_id(1));
    REQUIRE_FALSE(folder.begin(run_id(2)));
    CHECK(folder.last_run_id() == run_id(2));
    for (const std::string& bad :
         {std::string("../../x"), std::string(), std::string(100'000, 'a'), std::string("20260101T000010Z-0123ABCD"),
          std::string("20260101T000010Z-0123abcde")}) {
        place.dir.write("state/runs/abc/last-run", bad);
        ::chmod((place.dir / "state/runs/abc/last-run").c_str(), 0600);
        CHECK(folder.last_run_id().empty());
    }
}

TEST_CASE("one process at a time: the second is told who has it and since when, and does not wait") {
    Bench place;
    RunFolder first = place.folder();
    REQUIRE_FALSE(first.lease(place.clock, place.told()));
    {
        RunFolder second = place.folder();
        const auto problem = second.lease(place.clock, place.told());
        REQUIRE(problem);
        CHECK(problem->starts_with("process " + std::to_string(::getpid()) + " on host "));
        CHECK(problem->find(" has this run in work, since 2") != std::string::npos);
        CHECK(problem->ends_with("; let it end, or stop it, and run this again"));
    }
    RunFolder other((place.dir / "state").string(), "other");
    CHECK_FALSE(other.lease(place.clock, place.told()));
    CHECK(place.warned.empty());
}

TEST_CASE("a dead process's place is taken, which is said") {
    Bench place;
    RunFolder folder = place.folder();
    std::filesystem::create_directories(place.dir / "state/runs/abc");
    ::chmod((place.dir / "state/runs/abc").c_str(), 0700);
    ProcessIdentity gone = this_process();
    gone.started += 1; // the pid is another process's by now
    place.dir.write("state/runs/abc/lease", to_text(gone) + "\nnonce\n2026-01-01T00:00:00Z\n");
    ::chmod((place.dir / "state/runs/abc/lease").c_str(), 0600);
    CHECK_FALSE(folder.lease(place.clock, place.told()));
    CHECK(place.info.find("which had this run before, is gone: going on in its place") != std::string::npos);
}

TEST_CASE("a folder that cannot be used costs the exclusion alone, and is said") {
    Bench place;
    place.dir.write("state/runs", "a file");
    RunFolder folder = place.folder();
    CHECK_FALSE(folder.lease(place.clock, place.told()));
    CHECK(place.warned.find("another run of the same would not be noticed: ") == 0);
    const auto problem = folder.begin(run_id(1));
    REQUIRE(problem);
    CHECK_FALSE(problem->older_stays);
}

TEST_CASE("a run that cannot be noted does not leave the one before noted") {
    Bench place;
    RunFolder folder = place.folder();
    REQUIRE_FALSE(folder.lease(place.clock, place.told()));
    REQUIRE_FALSE(folder.begin(run_id(1)));
    const auto noted = place.dir / "state/runs/abc/last-run";
    SUBCASE("it can be removed") {
        REQUIRE(folder.last_run_id() == run_id(1));
        CHECK_FALSE(folder.begin(run_id(2)));
        CHECK(folder.last_run_id() == run_id(2));
    }
    SUBCASE("it cannot") {
        std::filesystem::remove(noted);
        std::filesystem::create_directory(noted);
        const auto problem = folder.begin(run_id(2));
        REQUIRE(problem);
        CHECK(problem->older_stays);
    }
}

TEST_CASE("the output of the last ten runs is kept, and only runs are removed") {
    Bench place;
    RunFolder folder = place.folder();
    REQUIRE_FALSE(folder.lease(place.clock, place.told()));
    for (int number = 0; number < 14; ++number)
        place.dir.write("state/runs/abc/" + run_id(number) + "/s.1.out", "x");
    place.dir.write("state/runs/abc/0-not-a-run/x", "x");
    std::filesystem::create_directory(place.dir / "elsewhere");
    place.dir.write("elsewhere/precious", "x");
    std::filesystem::create_symlink(place.dir / "elsewhere", place.dir / "state/runs/abc/20250101T000000Z-0123abcd");
    REQUIRE_FALSE(folder.begin(run_id(2))); // gone on with: it stays, old as it is
    std::set<std::string> expected{"0-not-a-run", run_id(2)};
    for (int number = 5; number < 14; ++number)
        expected.insert(run_id(number));
    CHECK(place.runs() == expected);
    CHECK(std::filesystem::exists(place.dir / "elsewhere/precious"));
}
