// The end of process groups: on request, by force, and of what a command leaves behind.
#include "command_fixture.hpp"

#include "tasks/child_process.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <memory>
#include <thread>

namespace ferry::test {
namespace {

using std::chrono::milliseconds;

// Stops the command once the script has made the file `ready`.
struct Stopped : CommandFixture {
    explicit Stopped(milliseconds grace) {
        settings->grace = grace;
        cancelled = [this] { return std::filesystem::exists(dir / "ready"); };
    }
};

bool alive(const std::string& pid_file) {
    std::ifstream in(pid_file);
    pid_t pid = 0;
    in >> pid;
    REQUIRE(pid > 1);
    return ::kill(pid, 0) == 0;
}

} // namespace

TEST_CASE("a stop is TERM to the whole group") {
    Stopped f(std::chrono::seconds(60));
    adopt_orphans();
    const TaskOutcome outcome =
        f.bash("trap 'echo term > seen; kill $!; wait; exit 7' TERM; sleep 1000 & echo $! > child; touch ready; wait");
    CHECK(outcome.code == FERRY_CANCELLED);
    CHECK(outcome.kind == "cancelled");
    CHECK(read_file(f.dir / "seen") == "term\n");
    CHECK_FALSE(alive(f.path("child")));
}

TEST_CASE("who ignores TERM gets KILL after the grace, children too") {
    Stopped f(milliseconds(30));
    adopt_orphans();
    const TaskOutcome outcome =
        f.bash("trap '' TERM; (trap '' TERM; echo $BASHPID > child; while :; do sleep 1000; done) & "
               "while [ ! -s child ]; do :; done; touch ready; while :; do sleep 1000; done");
    CHECK(outcome.code == FERRY_CANCELLED);
    CHECK_FALSE(alive(f.path("child")));
}

TEST_CASE("who lives on after TERM is waited for, which is said once, and no longer than the grace") {
    Stopped f(milliseconds(60));
    adopt_orphans();
    const auto told = [&] {
        return std::count_if(f.logs.begin(), f.logs.end(), [](const std::string& line) {
            return line.starts_with("2 waiting up to 60 ms for the command to end");
        });
    };
    SUBCASE("on request") {
        f.bash("trap '' TERM; touch ready; while :; do sleep 1000; done");
        REQUIRE(told() == 1);
        CHECK(f.logs.front().ends_with("; a second signal ends it at once"));
    }
    SUBCASE("at its deadline, where no signal has come before") {
        f.context.deadline_ms = 1;
        f.bash("trap '' TERM; touch ready; while :; do sleep 1000; done");
        REQUIRE(told() == 1);
        CHECK_FALSE(f.logs.front().ends_with("signal ends it at once"));
    }
}

TEST_CASE("a stopped process hears TERM too") {
    Stopped f(std::chrono::seconds(60));
    CHECK(f.bash("touch ready; kill -STOP $$; sleep 1000").code == FERRY_CANCELLED);
}

TEST_CASE("what a program leaves running gets the grace and is then ended, and the step fails") {
    CommandFixture f;
    f.settings->grace = milliseconds(30);
    adopt_orphans();
    const TaskOutcome outcome = f.bash("sleep 1000 & echo $! > child; exit 0");
    CHECK(outcome.code == FERRY_FAILED); // what it was writing may be cut
    CHECK(outcome.kind == "background");
    CHECK(outcome.message.starts_with("the command 'bash' ended well, but left processes behind that were still "
                                      "running after 30 ms and were ended"));
    CHECK_FALSE(alive(f.path("child")));
}

TEST_CASE("a stop while leftovers are waited for is a stop, not a success") {
    Stopped f(std::chrono::seconds(60));
    adopt_orphans();
    const TaskOutcome outcome = f.bash("sleep 1000 & echo $! > child; touch ready; exit 0");
    CHECK(outcome.code == FERRY_CANCELLED);
    CHECK_FALSE(alive(f.path("child")));
}

TEST_CASE("a process substitution that still writes is waited for") {
    CommandFixture f;
    adopt_orphans();
    const TaskOutcome outcome =
        f.bash("exec > >(while [ -d /proc/$$ ]; do :; done; cat > late.txt); echo data"); // once the shell is gone
    CHECK(outcome.code == FERRY_OK);
    CHECK(read_file(f.dir / "late.txt") == "data\n");
    CHECK(f.logs.empty());
}

TEST_CASE("a failing program's leftovers are ended without waiting") {
    CommandFixture f;
    f.settings->grace = std::chrono::seconds(60);
    adopt_orphans();
    const TaskOutcome outcome = f.bash("sleep 1000 & echo $! > child; exit 4");
    CHECK(outcome.message.find("exit code 4") != std::string::npos);
    CHECK_FALSE(alive(f.path("child")));
}

TEST_CASE("groups are known while they run, and can all be killed from a signal handler") {
    CommandFixture f;
    f.cancelled = [&] {
        if (std::filesystem::exists(f.dir / "ready"))
            f.groups.end_all();
        return false;
    };
    const TaskOutcome outcome = f.bash("touch ready; sleep 1000");
    CHECK(outcome.message.find("SIGKILL") != std::string::npos);
}

TEST_CASE("the table of groups: full, emptied, never the own group") {
    auto groups = std::make_unique<ProcessGroups>();
    for (std::size_t i = 0; i < ProcessGroups::capacity; ++i)
        REQUIRE(groups->add(static_cast<pid_t>(0x7f000000 + i)));
    CHECK_FALSE(groups->add(0x7e000000));
    groups->remove(0x7f000000);
    CHECK(groups->add(0x7e000000));
}

TEST_CASE("ending all groups waits for a program that is just being started") {
    const auto groups = std::make_unique<ProcessGroups>();
    std::atomic<bool> ended{false};
    std::thread ender;
    {
        const ProcessGroups::Starting starting(*groups);
        REQUIRE(starting.allowed());
        ender = std::thread([&] {
            groups->end_all();
            ended = true;
        });
        while (ProcessGroups::Starting(*groups).allowed())
            std::this_thread::yield();
        CHECK_FALSE(ended);
    }
    ender.join();
    CHECK_FALSE(ProcessGroups::Starting(*groups).allowed());
}

} // namespace ferry::test
