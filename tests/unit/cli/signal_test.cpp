#include "program.hpp"
#include "unique_fd.hpp"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

namespace ferry::test {
namespace {

// A step that says when it runs and would go on for ever.
constexpr const char* endless = "echo $$ > pid; touch ready; while :; do sleep 1000; done";
constexpr const char* deaf = "trap '' TERM; echo $$ > pid; touch ready; while :; do sleep 1000; done";

bool command_gone(const Program& ferry) {
    std::ifstream in(ferry.dir / "pid");
    pid_t pid = 0;
    in >> pid;
    REQUIRE(pid > 1);
    while (::kill(-pid, 0) == 0) // KILL is sent; the end takes its moment
        std::this_thread::yield();
    return errno == ESRCH;
}

} // namespace

TEST_CASE("each of the four signals stops in order, with its own exit code") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
        Program ferry;
        ferry.workflow(endless);
        ferry.start({"run", "w.json"});
        ferry.await("ready");
        ::kill(ferry.pid, signal);
        CHECK(ferry.wait() == 128 + signal);
        CHECK(ferry.document()->getValue<std::string>("status") == "interrupted");
        CHECK(command_gone(ferry));
    }
}

TEST_CASE("the same signal twice in one go counts once") {
    Program ferry;
    ferry.workflow(endless);
    ferry.start({"run", "w.json"});
    ferry.await("ready");
    ::kill(ferry.pid, SIGTERM);
    ::kill(ferry.pid, SIGTERM);
    CHECK(ferry.wait() == 128 + SIGTERM);
    CHECK(ferry.document()->getValue<std::string>("status") == "interrupted");
}

TEST_CASE("a second signal ends ferry and its commands at once") {
    Program ferry;
    ferry.workflow(deaf);
    ferry.start({"run", "w.json"});
    ferry.await("ready");
    ::kill(ferry.pid, SIGINT);
    ::kill(ferry.pid, SIGTERM); // another one, so a second one however soon it comes
    // Two threads may take one each, so which of them is the second is not said.
    const int status = ferry.wait();
    CHECK((status == 128 + SIGTERM || status == 128 + SIGINT));
    if (!ferry.out().empty()) // the commands are ended first, and the run may see that in time to say so
        CHECK(ferry.document()->getValue<std::string>("status") == "interrupted");
    CHECK(command_gone(ferry));
}

TEST_CASE("the same signal once more, later, ends ferry at once too") {
    Program ferry;
    ferry.workflow(deaf);
    ferry.start({"run", "w.json"});
    ferry.await("ready");
    ::kill(ferry.pid, SIGINT);
    int status = 0;
    while (::waitpid(ferry.pid, &status, WNOHANG) == 0)
        ::kill(ferry.pid, SIGINT); // until one of them is late enough to be a second one
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 128 + SIGINT);
    CHECK(command_gone(ferry));
}

TEST_CASE("a reader of the events that has stalled keeps no signal from ending the run in order") {
    Program ferry;
    ferry.workflow(":");
    const std::string pipe = (ferry.dir / "events").string();
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const UniqueFd reader(::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)); // which never reads
    const std::string full(4096, 'x');
    while (::write(reader.get(), full.data(), full.size()) > 0) {
    }
    ferry.start({"run", "w.json", "--events", "events"});
    ferry.await("err");
    while (ferry.err().find(" of 1 step\n") == std::string::npos)
        std::this_thread::yield();
    ::kill(ferry.pid, SIGINT);
    CHECK(ferry.wait() == 128 + SIGINT);
    CHECK(ferry.document()->getValue<std::string>("status") == "interrupted");
    const std::string told =
        "events cannot be written to 'events': their reader had not taken them when all was to stop";
    const std::size_t first = ferry.err().find(told);
    CHECK(first != std::string::npos);
    CHECK(ferry.err().find(told, first + 1) == std::string::npos);
}

TEST_CASE("a reader of the result that does not read keeps no signal from ending the run") {
    Program ferry;
    std::string outputs; // more of them than a pipe holds
    for (int name = 0; name < 3000; ++name)
        outputs += (name > 0 ? ",\"o" : "\"o") + std::to_string(name) + R"(":"made")";
    ferry.dir.write("w.json", R"({"name":"w","steps":[{"id":"s","task":"command","with":{"command":["touch","made"],
        "outputs":{)" + outputs + "}}}]}");
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const UniqueFd reader(ends[0]);
    const UniqueFd writer(ends[1]);
    ferry.in_child = [&] { ::dup2(writer.get(), 1); };
    ferry.start({"run", "w.json"});
    int waiting = 0;
    while (waiting == 0) // so it writes
        ::ioctl(reader.get(), FIONREAD, &waiting);
    ::kill(ferry.pid, SIGTERM);
    CHECK(ferry.wait() == 1); // the steps had ended before
    CHECK(ferry.err().find("its reader had not taken it when all was to stop") != std::string::npos);
}

TEST_CASE("SIGHUP that was ignored stays ignored, as under nohup") {
    Program ferry;
    ferry.in_child = [] { ::signal(SIGHUP, SIG_IGN); };
    ferry.workflow("touch ready; while [ ! -e go ]; do :; done");
    ferry.start({"run", "w.json"});
    ferry.await("ready");
    ::kill(ferry.pid, SIGHUP);
    ferry.dir.write("go", "");
    CHECK(ferry.wait() == 0);
}

TEST_CASE("a reader of standard output that has gone is an error, not a death") {
    Program ferry;
    ferry.workflow(":");
    ferry.in_child = [] {
        int ends[2];
        if (::pipe(ends) == 0)
            ::dup2(ends[1], 1);
        ::close(ends[0]);
        ::close(ends[1]);
    };
    CHECK(ferry.run({"run", "w.json"}) == 1);
    CHECK(ferry.err().find("Broken pipe") != std::string::npos);
}

} // namespace ferry::test
