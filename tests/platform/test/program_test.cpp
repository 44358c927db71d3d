// ferry-local-platform as people and scripts run it.
#include "client.hpp"

#include "document/strict_json.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

extern char** environ;

using namespace ferry::test;
using namespace ferry::platform;

namespace {

class Program {
  public:
    explicit Program(std::vector<std::string> arguments) {
        std::array<int, 2> out{};
        std::array<int, 2> err{};
        REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0);
        REQUIRE(::pipe2(err.data(), O_CLOEXEC) == 0);
        arguments.insert(arguments.begin(), FERRY_LOCAL_PLATFORM);
        std::vector<char*> argv;
        for (std::string& argument : arguments)
            argv.push_back(argument.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
        const int failed = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        ::close(out[1]);
        ::close(err[1]);
        out_ = out[0];
        err_ = err[0];
        REQUIRE(failed == 0);
    }
    ~Program() {
        if (pid_ > 0)
            end(SIGKILL);
        ::close(out_);
        ::close(err_);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // The line it prints when ready.
    std::string ready() { return read(out_, true); }
    std::string out() { return read(out_, false); }
    std::string err() { return read(err_, false); }
    int wait() { // its exit code, or 128 + signal
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    int end(int signal) {
        ::kill(pid_, signal);
        return wait();
    }

  private:
    static std::string read(int from, bool line) {
        std::string text;
        char c = 0;
        while ((!line || !text.ends_with('\n')) && ::read(from, &c, 1) == 1)
            text += c;
        return text;
    }
    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
};

std::string value(const std::string& line, const std::string& key) {
    const ferry::JsonResult parsed = ferry::parse_json(line);
    REQUIRE(std::holds_alternative<Json>(parsed));
    return text_of(*as_object(std::get<Json>(parsed)), key).value_or("");
}

} // namespace

TEST_CASE("it tells one line when ready and ends in order on each signal") {
    const TempDir dir;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        Program program({"--root", dir.path().string(), "--token", "secret", "--project", "you/it"});
        const std::string line = program.ready();
        CHECK(value(line, "api").ends_with("/v2"));
        CHECK(value(line, "api").starts_with("http://127.0.0.1:"));
        CHECK(value(line, "storage").starts_with("http://127.0.0.1:"));
        CHECK(value(line, "token") == "secret");
        CHECK(value(line, "project") == "you/it");
        CHECK(program.end(signal) == 0);
        CHECK(program.out().empty());
        CHECK(program.err().empty());
    }
}

TEST_CASE("what a program stored, the next one on that root serves") {
    const TempDir dir;
    {
        PlatformSettings settings = small_parts();
        settings.root = dir.path();
        LocalPlatform platform(settings);
        platform.start();
        CHECK(Client(platform).upload("x", {"aaaa"}).status == 200);
    }
    const auto stray = dir.write("projects/me/my-project/stray", "not on the platform");
    const auto torn = dir.write("files/0123456789abcdef01234567.new", "of a run that was killed");
    Program program({"--root", dir.path().string(), "--token", "secret"});
    Wire wire(value(program.ready(), "api"));
    wire.send("GET /v2/files?project=me/my-project HTTP/1.1\r\nHost: x\r\nX-SBG-Auth-Token: secret\r\n\r\n");
    const Heard heard = wire.hear();
    CHECK(heard.header("X-Total-Matching-Query") == "1");
    CHECK(program.end(SIGTERM) == 0);
    CHECK_FALSE(std::filesystem::exists(stray));
    CHECK_FALSE(std::filesystem::exists(torn));
    CHECK(read_file(dir / "projects/me/my-project/x") == "aaaa");
}

TEST_CASE("a root that holds someone else's folders is refused and left alone") {
    const TempDir dir;
    const auto theirs = dir.write("projects/thesis.txt", "years of work");
    Program program({"--root", dir.path().string()});
    CHECK(program.wait() == 2);
    CHECK(program.err().find("is not the local platform's") != std::string::npos);
    CHECK(read_file(theirs) == "years of work");
}

TEST_CASE("unused faults are told at the end") {
    const TempDir dir;
    const auto faults = dir.write("faults.json", R"([{"operation":"user","fault":"reset"}])");
    Program program({"--root", (dir / "root").string(), "--faults", faults.string()});
    program.ready();
    CHECK(program.end(SIGTERM) == 0);
    CHECK(program.err() == "ferry-local-platform: unused fault: {\"operation\":\"user\",\"fault\":\"reset\"}\n");
}

TEST_CASE("the rate limit and the settings reach the platform") {
    const TempDir dir;
    Program program({"--root", dir.path().string(), "--rate-limit", "7/0.5", "--set", "part_size=1KiB", "--set",
                     "min_part_size=1"});
    Wire wire(value(program.ready(), "api"));
    wire.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(wire.hear().header("X-RateLimit-Limit") == "7");
}

TEST_CASE("wrong usage is exit 2 with a reason, help is on stdout") {
    const TempDir dir;
    const std::string root = dir.path().string();
    const auto fails = [](std::vector<std::string> arguments) {
        Program program(std::move(arguments));
        const int code = program.wait();
        CHECK(program.err().starts_with("ferry-local-platform: "));
        return code;
    };
    CHECK(fails({}) == 2);
    CHECK(fails({"--nonsense"}) == 2);
    CHECK(fails({"--root", root, "--port", "70000"}) == 2);
    CHECK(fails({"--root", root, "--rate-limit", "10"}) == 2);
    CHECK(fails({"--root", root, "--rate-limit", "0/1"}) == 2);
    CHECK(fails({"--root", root, "--set", "conflict=never"}) == 2);
    CHECK(fails({"--root", root, "--project", "x"}) == 2);
    CHECK(fails({"--root", root, "--tls-cert", "x.pem"}) == 2);
    CHECK(fails({"--root", root, "--faults", "/nothing/here"}) == 2);
    CHECK(fails({"--root", "/dev/null/x"}) == 1);
    Program help({"--help"});
    CHECK(help.wait() == 0);
    CHECK(help.out().find("--storage-port") != std::string::npos);
}
