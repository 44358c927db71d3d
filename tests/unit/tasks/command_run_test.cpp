// What a command gets and how it ends.
#include "command_fixture.hpp"

#include <csignal>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace ferry::test {
namespace {

struct Variable {
    std::string name;
    Variable(std::string variable, const char* value) : name(std::move(variable)) { ::setenv(name.c_str(), value, 1); }
    ~Variable() { ::unsetenv(name.c_str()); }
};

} // namespace

TEST_CASE("a command that ends well") {
    CommandFixture f;
    const TaskOutcome outcome = f.run(R"({"command":["true"]})");
    CHECK(outcome.code == FERRY_OK);
    CHECK(to_json(outcome.outputs) == R"({"exit_code":0})");
}

TEST_CASE("words reach the program as they are; numbers, truth values and arrays become words") {
    CommandFixture f;
    const TaskOutcome outcome =
        f.run(R"({"command":["printf","%s|","a b","","$HOME","*",4,true,["x",1.5]],"stdout":"captured"})");
    REQUIRE(outcome.code == FERRY_OK);
    CHECK(read_file(f.dir / "captured") == "a b||$HOME|*|4|true|x|1.5|");
}

TEST_CASE("the environment is inherited without tokens; env adds, removes, and may pass a token on purpose") {
    const Variable token("SB_AUTH_TOKEN", "token-value-1");
    const Variable other("LAB_TOKEN", "token-value-2");
    const Variable plain("FERRY_TEST_PLAIN", "inherited");
    CommandFixture f;
    f.settings->token_variables.insert("LAB_TOKEN");
    const std::string script = R"(echo "${SB_AUTH_TOKEN-none} ${LAB_TOKEN-none} ${FERRY_TEST_PLAIN-none} ${N-none}")";
    CHECK(f.output_of(script) == "none none inherited none\n");
    CHECK(f.output_of(script, R"("env":{"N":4,"FERRY_TEST_PLAIN":null})") == "none none none 4\n");
    CHECK(f.output_of(script, R"("env":{"LAB_TOKEN":"token-value-2"})") == "none token-value-2 inherited none\n");
}

TEST_CASE("nothing is inherited but the standard streams, and signals are as a shell would have them") {
    const int leak = ::open("/dev/null", O_RDONLY); // not close-on-exec, as POCO's sockets are
    REQUIRE(::dup2(leak, 77) == 77);
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t usr2;
    ::sigemptyset(&usr2);
    ::sigaddset(&usr2, SIGUSR2);
    ::pthread_sigmask(SIG_BLOCK, &usr2, nullptr);
    CommandFixture f;
    CHECK(f.output_of("[ -e /proc/$$/fd/77 ] && echo leaked; :") == "");
    const auto signals = [&](const std::string& set) {
        const std::string script = "set -- $(grep ^" + set + ": /proc/self/status); echo $2";
        return std::stoull(f.output_of(script), nullptr, 16) & 0x7fffffffu; // above are the C library's own
    };
    CHECK(signals("SigBlk") == 0);
    CHECK(signals("SigIgn") == 0);
    ::pthread_sigmask(SIG_UNBLOCK, &usr2, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::close(leak);
    ::close(77);
}

TEST_CASE("a command leads a process group of its own") {
    CommandFixture f;
    CHECK(f.output_of("set -- $(cat /proc/$$/stat); [ $1 = $5 ] && echo leader") == "leader\n");
}

TEST_CASE("cwd moves the program, not the other paths") {
    CommandFixture f;
    std::filesystem::create_directory(f.dir / "sub");
    f.dir.write("sub/tool", "#!/bin/sh\npwd\n");
    ::chmod((f.dir / "sub/tool").c_str(), 0755);
    CHECK(f.run(R"({"command":["./tool"],"cwd":"sub","stdout":"captured"})").code == FERRY_OK);
    CHECK(read_file(f.dir / "captured") == f.path("sub") + "\n");
    const TaskOutcome outcome = f.run(R"({"command":["true"],"cwd":"nowhere"})");
    CHECK(outcome.message == "cwd: there is no folder '" + f.path("nowhere") + "'");
}

TEST_CASE("standard input is empty unless a file is named") {
    CommandFixture f;
    CHECK(f.output_of("cat; echo end") == "end\n");
    f.dir.write("in.txt", "from a file\n");
    CHECK(f.output_of("cat", R"("stdin":"in.txt")") == "from a file\n");
    const TaskOutcome missing = f.bash("cat", R"("stdin":"missing.txt")");
    CHECK(missing.code == FERRY_FAILED);
    CHECK(missing.message.find("cannot open the standard input '" + f.path("missing.txt")) == 0);
    CHECK(f.bash("cat", R"("stdin":"/")").code == FERRY_FAILED);
}

TEST_CASE("programs that cannot be started are told apart") {
    CommandFixture f;
    f.dir.write("plain.txt", "text");
    f.dir.write("script", "#!/nonexistent/interpreter\n");
    f.dir.write("noise", "\x01\x02\x03\x04");
    ::chmod((f.dir / "script").c_str(), 0755);
    ::chmod((f.dir / "noise").c_str(), 0755);
    const auto message = [&](const std::string& word) { return f.run("{\"command\":[\"" + word + "\"]}").message; };
    CHECK(message("ferry-no-such-tool").find("was not found in PATH") != std::string::npos);
    CHECK(message("./missing").find("does not exist") != std::string::npos);
    CHECK(message("./plain.txt").find("may not be executed") != std::string::npos);
    CHECK(message("./state").find("is a folder") != std::string::npos);
    CHECK(message("./script").find("interpreter") != std::string::npos);
    CHECK(message("./noise").find("neither a program of this machine nor a script") != std::string::npos);
}

TEST_CASE("the PATH that counts is the command's own") {
    CommandFixture f;
    f.dir.write("tools/my-tool", "#!/bin/sh\necho mine\n");
    ::chmod((f.dir / "tools/my-tool").c_str(), 0755);
    const std::string path = f.path("tools");
    CHECK(f.run(R"({"command":["my-tool"],"stdout":"captured","env":{"PATH":")" + path + "\"}}").code == FERRY_OK);
    CHECK(read_file(f.dir / "captured") == "mine\n");
}

TEST_CASE("a failing command: exit code, last words, where the rest is") {
    CommandFixture f;
    const TaskOutcome outcome = f.bash("for i in 1 2 3; do echo line $i >&2; done; exit 3");
    CHECK(outcome.code == FERRY_FAILED);
    CHECK(outcome.kind == "exit");
    CHECK(outcome.message ==
          "the command 'bash' ended with exit code 3: line 3 (all it printed: " + f.kept("step.1.err") + ")");
    CHECK(to_json(outcome.outputs) == R"({"exit_code":3})");
    CHECK(f.logs == std::vector<std::string>{"0 | line 1", "0 | line 2", "0 | line 3"});
    CHECK(f.bash("exit 1").message == "the command 'bash' ended with exit code 1; it printed nothing");
    CHECK(f.bash("echo on stdout; exit 1").message.find(": on stdout (") != std::string::npos);
}

TEST_CASE("a command that a signal ends is told by the signal's name") {
    CommandFixture f;
    const TaskOutcome outcome = f.bash("kill -SEGV $$");
    CHECK(outcome.kind == "signal");
    CHECK(outcome.message.find("was ended by SIGSEGV") != std::string::npos);
    CHECK_FALSE(outcome.outputs->has("exit_code"));
}

TEST_CASE("what a command prints cannot steer the terminal, nor show a token") {
    const Variable token("SB_AUTH_TOKEN", "token-value-1");
    CommandFixture f;
    const TaskOutcome outcome =
        f.bash(R"(printf 'with \033[31m%s\n' "$T" >&2; exit 1)", R"("env":{"T":"token-value-1"})");
    REQUIRE(f.logs.size() == 1);
    for (const std::string& text : {outcome.message, f.logs[0]}) {
        CHECK(text.find('\x1b') == std::string::npos);
        CHECK(text.find("token-value-1") == std::string::npos);
        CHECK(text.find("[SB_AUTH_TOKEN]") != std::string::npos);
    }
}

TEST_CASE("a dry run starts nothing") {
    CommandFixture f;
    f.context.dry_run = true;
    CHECK(f.bash("touch made", R"("outputs":{"o":"made"})").code == FERRY_OK);
    CHECK_FALSE(std::filesystem::exists(f.dir / "made"));
    CHECK_FALSE(std::filesystem::exists(f.dir / "state/runs"));
}

} // namespace ferry::test
