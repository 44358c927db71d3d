#include "workspace.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

namespace ferry::test {

namespace {

// Waits for a state that a running ferry brings about by itself; a ferry that never does fails the test.
template <class Condition> void wait_until(Condition condition) {
    using namespace std::chrono_literals;
    for (int i = 0; i < 3000; ++i) {
        if (condition())
            return;
        std::this_thread::sleep_for(10ms);
    }
    FAIL("waited in vain");
}

} // namespace

TEST_CASE("signals stop an upload in order: no file appears, the upload stays for later, the exit code tells") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
        CAPTURE(signal);
        Workspace space;
        space.server().add_faults(R"({"operation":"put","part":3,"fault":"stall","times":1})");
        space.make_file("a.bin", 5 * Workspace::part);
        FerryProcess process({"run", space.upload_workflow(R"("project":"me/my-project","files":["a.bin"])")},
                             space.setup());
        wait_until([&] { return space.server().counters().puts >= 3; });
        process.signal(signal);
        const ProcessResult result = process.wait();
        CHECK(result.status == 128 + signal);
        CHECK(document(result)->getValue<std::string>("status") == "interrupted");
        CHECK(space.server().files("me/my-project").empty());
        CHECK(space.server().open_upload_count() == 1);
    }
}

TEST_CASE("a stopped command and its children are gone") {
    Workspace space;
    const auto workflow = space.dir() / "w.json";
    std::ofstream(workflow) << R"({"name":"w","steps":[{"id":"a","task":"command","with":{"command":
      ["sh","-c","sleep 1000 & echo $! > child; echo > ready; wait"]}}]})";
    FerryProcess process({"run", workflow.string()}, space.setup());
    wait_until([&] { return std::filesystem::exists(space.dir() / "ready"); });
    const pid_t child = std::stoi(read_file(space.dir() / "child"));
    process.signal(SIGTERM);
    const ProcessResult result = process.wait();
    CHECK(result.status == 128 + SIGTERM);
    wait_until([&] {
        std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
        std::string pid, name, state;
        return !(stat >> pid >> name >> state) || state == "Z";
    });
}

TEST_CASE("a platform that is not there does not look like success") {
    Workspace space;
    space.make_file("a.bin", 10);
    space.server().stop();
    const ProcessResult result =
        space.upload(R"("project":"me/my-project","files":["a.bin"],"retry":{"max_elapsed":"1s"})");
    CHECK(result.status == 1);
    CHECK(result.err.find("127.0.0.1") != std::string::npos);
}

TEST_CASE("a full standard output is an error") {
    Workspace space;
    const auto workflow = space.dir() / "w.json";
    std::ofstream(workflow) << R"({"name":"w","steps":[{"id":"a","task":"command","with":{"command":["true"]}}]})";
    std::ofstream(space.dir() / "full.json")
        << R"({"name":"full","steps":[{"id":"a","task":"command","with":{"command":["sh","-c",)"
        << "\"exec \\\"$0\\\" run w.json --state-dir inner > /dev/full 2> full.err\", \"" << ferry_binary()
        << "\"]}}]}";
    const ProcessResult result = space.ferry({"run", (space.dir() / "full.json").string()});
    CHECK(result.status == 1);
    CHECK(read_file(space.dir() / "full.err").find("standard output") != std::string::npos);
}

} // namespace ferry::test
