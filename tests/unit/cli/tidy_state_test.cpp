#include "cli/tidy_state.hpp"

#include "batch/batch_folder.hpp"
#include "schema/json_value.hpp"
#include "temp_dir.hpp"
#include "workflow/run_folder.hpp"
#include "workflow/step_record.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <ctime>
#include <filesystem>

namespace ferry::test {
namespace {

constexpr const char* run_id = "20260101T000000Z-0123abcd";

std::string key_of(char digit) {
    return std::string(64, digit);
}

struct Bench {
    TempDir dir;
    SystemClock clock;
    std::string state = (dir / "state").string();

    Bench() {
        std::filesystem::create_directory(state);
        ::chmod(state.c_str(), 0700);
    }
    void age(const std::string& name, int days) const {
        const timespec then{.tv_sec = std::time(nullptr) - std::int64_t{days} * 24 * 3600, .tv_nsec = 0};
        const timespec times[2]{then, then};
        REQUIRE(::utimensat(AT_FDCWD, (state + "/" + name).c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
    }
    std::string record(char digit, int days) const {
        StepRecord made;
        made.step = "s";
        made.mark = "m";
        made.outputs = new_object();
        REQUIRE_FALSE(write_record(state, key_of(digit), made));
        const std::string name = "steps/" + std::string(2, digit) + "/" + key_of(digit) + ".json";
        age(name, days);
        return name;
    }
    bool has_record(char digit) const { return std::holds_alternative<StepRecord>(read_record(state, key_of(digit))); }
    // A run that has ended that long ago; answers its folder below the state directory.
    std::string run(const std::string& identity, int days) {
        {
            RunFolder folder(state, identity);
            REQUIRE_FALSE(folder.lease(clock, {}));
            REQUIRE_FALSE(folder.begin(run_id));
            std::filesystem::create_directory(folder.run_dir(run_id));
        }
        age("runs/" + identity + "/last-run", days);
        age("runs/" + identity, days);
        return "runs/" + identity;
    }
    bool there(const std::string& name) const { return std::filesystem::exists(state + "/" + name); }
    void tidy() const {
        std::filesystem::remove(state + "/tidied");
        tidy_state(state);
    }
};

} // namespace

TEST_CASE("records of steps go once nobody has used them for long; using one keeps it") {
    Bench bench;
    bench.record('a', 91);
    bench.record('b', 89);
    bench.record('c', 91);
    touch_record(bench.state, key_of('c'));
    bench.tidy();
    CHECK_FALSE(bench.has_record('a'));
    CHECK(bench.has_record('b'));
    CHECK(bench.has_record('c'));
}

TEST_CASE("a state directory is tidied once an hour") {
    Bench bench;
    bench.tidy();
    bench.record('a', 91);
    tidy_state(bench.state);
    CHECK(bench.has_record('a'));
    bench.age("tidied", 1);
    tidy_state(bench.state);
    CHECK_FALSE(bench.has_record('a'));
}

TEST_CASE("what a process left half-written goes, what is nobody's record stays") {
    Bench bench;
    const std::string folder = bench.record('a', 1).substr(0, 9);
    for (const char* name : {".x.1.2.tmp", ".x.y.unused", "notes.json", "README"}) {
        bench.dir.write("state/" + folder + name, "x");
        bench.age(folder + name, 91);
    }
    bench.tidy();
    CHECK_FALSE(bench.there(folder + ".x.1.2.tmp"));
    CHECK_FALSE(bench.there(folder + ".x.y.unused"));
    CHECK(bench.there(folder + "notes.json"));
    CHECK(bench.there(folder + "README"));
    CHECK(bench.has_record('a'));
}

TEST_CASE("folders of runs go with their logs, but not one that a process has, or that is young") {
    Bench bench;
    const std::string old = bench.run("old", 91);
    const std::string young = bench.run("young", 89);
    const std::string held = bench.run("held", 91);
    RunFolder holder(bench.state, "held");
    REQUIRE_FALSE(holder.lease(bench.clock, {}));
    bench.age(held, 91);
    bench.tidy();
    CHECK_FALSE(bench.there(old));
    CHECK(bench.there(young + "/" + run_id));
    CHECK(bench.there(held + "/" + run_id));
    CHECK(holder.last_run_id() == run_id);
}

TEST_CASE("what is not Ferry's in a run's folder stays, and the folder with it") {
    Bench bench;
    const std::string old = bench.run("old", 91);
    bench.dir.write("state/" + old + "/mine.txt", "x");
    bench.age(old, 91);
    bench.tidy();
    CHECK(bench.there(old + "/mine.txt"));
    CHECK_FALSE(bench.there(old + "/" + run_id));
}

TEST_CASE("a workflow that begins while its folder goes makes it anew") {
    Bench bench;
    (void)bench.run("old", 91);
    bench.tidy();
    RunFolder folder(bench.state, "old");
    std::string warned;
    CHECK_FALSE(folder.lease(bench.clock, {{}, [&](const std::string& words) { warned += words; }, {}}));
    CHECK(warned.empty());
    CHECK_FALSE(folder.begin(run_id));
    CHECK(folder.last_run_id() == run_id);
}

TEST_CASE("folders of batches go, but not those of one that runs") {
    Bench bench;
    {
        BatchFolder ended(bench.state, "ended", run_id);
        ended.begin();
    }
    BatchFolder runs(bench.state, "runs", run_id);
    runs.begin();
    bench.age("runs/batch-ended", 91);
    bench.age("runs/batch-runs", 91);
    bench.tidy();
    CHECK_FALSE(bench.there("runs/batch-ended"));
    CHECK(bench.there(std::string("runs/batch-runs/") + run_id));
}

TEST_CASE("links and folders that are not for us alone are left") {
    Bench bench;
    const std::string old = bench.run("old", 91);
    const auto elsewhere = bench.dir.write("elsewhere/file", "x");
    std::filesystem::create_directory_symlink(elsewhere.parent_path(),
                                              bench.state + "/" + old + "/" + run_id + "/link");
    bench.record('a', 91);
    ::chmod((bench.state + "/steps").c_str(), 0755);
    bench.age(old, 91);
    bench.tidy();
    CHECK_FALSE(bench.there(old));
    CHECK(std::filesystem::exists(elsewhere));
    CHECK(bench.has_record('a'));
    tidy_state((bench.dir / "none").string());
    CHECK_FALSE(std::filesystem::exists(bench.dir / "none"));
}

} // namespace ferry::test
