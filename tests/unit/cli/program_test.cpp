#include "program.hpp"

#include "schema/validator.hpp"
#include "schemas.hpp"

#include <sys/stat.h>

namespace ferry::test {

TEST_CASE("a run: the document alone on standard output, the story on standard error") {
    Program ferry;
    ferry.workflow("echo to stdout; echo to stderr >&2");
    REQUIRE(ferry.run({"run", "w.json"}) == 0);
    const auto document = ferry.document();
    CHECK(document->getValue<std::string>("status") == "succeeded");
    const auto schema = std::get<Poco::Dynamic::Var>(parse_json(schemas::outputs())).extract<Poco::JSON::Object::Ptr>();
    for (const Diagnostic& found : Validator(schema).check(document))
        FAIL_CHECK(to_text(found));
    CHECK(ferry.err().find("ferry: [s] done in ") != std::string::npos);
    CHECK(ferry.err().find("to stderr") == std::string::npos);
}

TEST_CASE("exit codes: failed, usage, configuration") {
    Program ferry;
    ferry.workflow("exit 3");
    CHECK(ferry.run({"run", "w.json"}) == 1);
    CHECK(ferry.document()->getValue<std::string>("status") == "failed");
    CHECK(ferry.run({"run"}) == 2);
    CHECK(ferry.run({"rum", "w.json"}) == 2);
    CHECK(ferry.run({"run", "missing.json"}) == 2);
    ferry.workflow("touch started", R"(,"whenn":"always")");
    CHECK(ferry.run({"run", "w.json"}) == 2);
    CHECK(ferry.err().find("whenn") != std::string::npos);
    CHECK(ferry.out().empty());
    CHECK_FALSE(std::filesystem::exists(ferry.dir / "started"));
    CHECK(ferry.run({"validate", "w.json"}) == 2);
    ferry.workflow(":");
    CHECK(ferry.run({"validate", "w.json"}) == 0);
    CHECK(ferry.out().empty());
}

TEST_CASE("a run that failed ends with the command that goes on, as a shell takes it") {
    Program ferry;
    ferry.dir.write("w.json", R"({"name":"w","vars":{"v":"x"},"steps":[{"id":"s","task":"command",
      "with":{"command":["test","${vars.v}","=","fine"]}}]})");
    CHECK(ferry.run({"run", "w.json", "--var", "v=it's a $x"}) == 1);
    CHECK(ferry.err().find("ferry run w.json --var 'v=it'\\''s a $x' --resume\n") != std::string::npos);
    CHECK(ferry.run({"run", "w.json", "--var", "v=fine"}) == 0);
    CHECK(ferry.err().find("to go on") == std::string::npos);
}

TEST_CASE("whatever ends with 1 has that command as its last line, at every log level, and no secret in it") {
    Program ferry;
    const auto last_line = [&ferry] {
        const std::string err = ferry.err();
        const std::size_t begin = err.rfind('\n', err.size() - 2);
        return err.substr(begin == std::string::npos ? 0 : begin + 1);
    };
    const std::string words = "ferry: to go on, once the cause is gone: ferry ";
    ferry.workflow("exit 3");
    CHECK(ferry.run({"run", "w.json", "--log-level", "error"}) == 1);
    CHECK(last_line() == words + "run w.json --log-level error --resume\n");
    CHECK(ferry.run({"task", "command", "--set", R"(command=["false"])"}) == 1);
    CHECK(last_line() == words + "task command --set 'command=[\"false\"]'\n");
    const std::string longer(20'000, 'x');
    CHECK(ferry.run({"task", "command", "--set", R"(command=["false",")" + longer + "\"]"}) == 1);
    CHECK(last_line().ends_with("x\"]'\n"));
    ferry.dir.write("rows.csv", "v\n1\n");
    ferry.dir.write("v.json",
                    R"({"vars":{"v":null},"steps":[{"id":"s","task":"command","with":{"command":["false"]}}]})");
    CHECK(ferry.run({"batch", "v.json", "--manifest", "rows.csv", "--log-level", "error"}) == 1);
    CHECK(last_line() == words + "batch v.json --manifest rows.csv --log-level error --resume-failed\n");
    ferry.in_child = [] { ::setenv("SB_AUTH_TOKEN", "token-value-1", 1); };
    CHECK(ferry.run({"task", "command", "--set", R"(command=["false","token-value-1"])"}) == 1);
    CHECK(ferry.err().find("token-value-1") == std::string::npos);
    ferry.workflow(":");
    ferry.in_child = [] { ::dup2(::open("/dev/full", O_WRONLY), 1); };
    CHECK(ferry.run({"run", "w.json"}) == 1);
    CHECK(last_line() == words + "run w.json --resume\n");
    CHECK(ferry.run({"run", "w.json", "--dry-run"}) == 1);
    CHECK(last_line() == words + "run w.json --dry-run\n");
}

TEST_CASE("problems of a workflow are told with line and column") {
    Program ferry;
    ferry.dir.write("w.json", "{\n  \"steps\": [\n    { \"id\": \"a\", \"task\": \"command\", \"wen\": 1 }\n  ]\n}\n");
    CHECK(ferry.run({"validate", "w.json"}) == 2);
    CHECK(ferry.err().find("w.json:3:37: /steps/0/wen: unknown key \"wen\"; did you mean \"when\"?") !=
          std::string::npos);
    CHECK(ferry.err().find("w.json:3:5: /steps/0: \"command\" is missing") == std::string::npos);
    ferry.dir.write("w.json", "{\n  \"steps\": [\n}\n");
    CHECK(ferry.run({"run", "w.json"}) == 2);
    CHECK(ferry.err().find("w.json:3:") != std::string::npos);
}

TEST_CASE("a shell that asks for words is told nothing else") {
    Program ferry;
    ferry.dir.write("w.json", "no JSON");
    CHECK(ferry.run({"__complete", "run", "w.json", "--from", ""}) == 0);
    CHECK(ferry.out() == "words\t\n");
    ::mkfifo((ferry.dir / "fifo").c_str(), 0600);
    CHECK(ferry.run({"__complete", "run", "fifo", "--from", ""}) == 0);
    CHECK(ferry.run({"__complete", "tasks", "--plugin-dir", HELLO_PLUGINS, "hel"}) == 0);
    CHECK(ferry.out() == "words\t\nhello\tgreet somebody\n");
    ferry.in_child = [] { ::setenv("FERRY_PLUGIN_PATH", ":relative:", 1); };
    CHECK(ferry.run({"__complete", "task", "comm"}) == 0);
    CHECK(ferry.out().starts_with("words\t\ncommand\t"));
    CHECK(ferry.err().empty());
    CHECK_FALSE(std::filesystem::exists(ferry.dir / ".ferry"));
}

TEST_CASE("exit code 3: the plugin that may have the task cannot be loaded") {
    Program ferry;
    ferry.dir.write("plugins/broken.so", "no library");
    ::chmod((ferry.dir / "plugins").c_str(), 0755);
    ::chmod((ferry.dir / "plugins/broken.so").c_str(), 0644);
    ferry.dir.write("w.json", R"({"name":"w","steps":[{"id":"s","task":"no-such-task","with":{}}]})");
    CHECK(ferry.run({"run", "w.json"}) == 2);
    CHECK(ferry.run({"run", "w.json", "--plugin-dir", "plugins"}) == 3);
    CHECK(ferry.err().find("/plugins/broken.so: the file is not a shared library") != std::string::npos);
    CHECK(ferry.run({"task", "no-such-task", "--plugin-dir", "plugins"}) == 3);
    // A workflow that does not need it is not concerned.
    ferry.workflow(":");
    CHECK(ferry.run({"run", "w.json", "--plugin-dir", "plugins"}) == 0);
    CHECK(ferry.err().find("broken.so") == std::string::npos);
    CHECK(ferry.run({"tasks", "--plugin-dir", "plugins"}) == 0);
    CHECK(ferry.out().find("/plugins/broken.so: the file is not a shared library") != std::string::npos);
}

TEST_CASE("a plugin's task runs, found by option or by variable") {
    Program ferry;
    CHECK(ferry.run({"task", "hello", "--plugin-dir", HELLO_PLUGINS, "--set", "name=Lambda"}) == 0);
    const auto step = ferry.document()->getObject("steps")->getObject("hello");
    REQUIRE(step);
    CHECK(step->getObject("outputs")->getValue<std::string>("greeting") == "Hello, Lambda!");
    ferry.in_child = [] { ::setenv("FERRY_PLUGIN_PATH", HELLO_PLUGINS, 1); };
    CHECK(ferry.run({"task", "hello"}) == 0);
    CHECK(ferry.out().find("Hello, World!") != std::string::npos); // the schema's default
    CHECK(ferry.run({"task", "hello", "--set", "nam=x"}) == 2);
    CHECK(ferry.err().find("name") != std::string::npos);
    CHECK(ferry.run({"tasks", "hello"}) == 0);
    CHECK(ferry.out().find("name  text; default \"World\"") != std::string::npos);
    CHECK(ferry.run({"tasks", "hello", "--json"}) == 0);
    CHECK(ferry.document()->has("properties"));
    CHECK(ferry.run({"tasks", "helo"}) == 2);
    CHECK(ferry.err().find("did you mean hello?") != std::string::npos);
    CHECK(ferry.run({"tasks", "--json"}) == 0);
    CHECK(ferry.document()->getArray("tasks")->size() >= 2);
}

TEST_CASE("a result that cannot be written is no success") {
    Program ferry;
    ferry.workflow(":");
    ferry.in_child = [] { ::dup2(::open("/dev/full", O_WRONLY), 1); };
    CHECK(ferry.run({"run", "w.json"}) == 1);
    CHECK(ferry.err().find("No space left on device") != std::string::npos);
    CHECK(ferry.run({"--help"}) == 1);
    ferry.in_child = [] { ::close(1); };
    CHECK(ferry.run({"run", "w.json"}) == 1);
    ferry.in_child = [] {
        ::close(0);
        ::close(1);
        ::close(2);
    };
    CHECK(ferry.run({"run", "w.json", "--outputs", "o.json", "--events", "e"}) == 1);
    CHECK(read_file(ferry.dir / "o.json").find("\"succeeded\"") != std::string::npos);
    CHECK(read_file(ferry.dir / "e").find("run_finished") != std::string::npos);
}

TEST_CASE("--outputs and --state-dir that cannot be used are told before any step runs") {
    Program ferry;
    ferry.workflow("touch started");
    ferry.dir.write("real.json", "precious");
    std::filesystem::create_symlink("real.json", ferry.dir / "link.json");
    std::filesystem::create_directory(ferry.dir / "open");
    ::chmod((ferry.dir / "open").c_str(), 0755);
    CHECK(ferry.run({"run", "w.json", "--outputs", "link.json"}) == 2);
    CHECK(ferry.run({"run", "w.json", "--outputs", "no/such.json"}) == 2);
    CHECK(ferry.run({"run", "w.json", "--state-dir", "open"}) == 2);
    CHECK(ferry.err().find("chmod 0700") != std::string::npos);
    CHECK(ferry.run({"run", "w.json", "--events", "."}) == 2);
    CHECK_FALSE(std::filesystem::exists(ferry.dir / "started"));
    CHECK(read_file(ferry.dir / "real.json") == "precious");
    CHECK(ferry.run({"run", "w.json", "--outputs", "real.json"}) == 0);
    CHECK(read_file(ferry.dir / "real.json") == ferry.out());
}

TEST_CASE("no file that is read, or written for something else, is written over") {
    Program ferry;
    ferry.workflow("touch started");
    const std::string before = read_file(ferry.dir / "w.json");
    std::filesystem::create_hard_link(ferry.dir / "w.json", ferry.dir / "same.json");
    CHECK(ferry.run({"run", "w.json", "--outputs", "./w.json"}) == 2);
    CHECK(ferry.run({"run", "w.json", "--outputs", "same.json"}) == 2);
    CHECK(ferry.run({"run", "w.json", "--events", "w.json"}) == 2);
    CHECK(ferry.run({"run", "w.json", "--events", "new", "--outputs", "./new"}) == 2);
    CHECK(ferry.err().find("--events 'new' is the file of --outputs too") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(ferry.dir / "started"));
    CHECK(read_file(ferry.dir / "w.json") == before);
}

TEST_CASE("no token reaches a command, whichever variable holds it") {
    Program ferry;
    ferry.in_child = [] {
        ::setenv("SB_AUTH_TOKEN", "token-value-1", 1);
        ::setenv("FERRY_TEST_OTHER", "visible", 1);
    };
    ferry.workflow("env > seen");
    REQUIRE(ferry.run({"run", "w.json"}) == 0);
    const std::string seen = read_file(ferry.dir / "seen");
    CHECK(seen.find("SB_AUTH_TOKEN") == std::string::npos);
    CHECK(seen.find("token-value-1") == std::string::npos);
    CHECK(seen.find("FERRY_TEST_OTHER=visible") != std::string::npos);
}

TEST_CASE("a dry run: the plan on standard output, nothing made") {
    Program ferry;
    ferry.workflow("touch started");
    REQUIRE(ferry.run({"run", "w.json", "--dry-run", "--outputs", "o.json", "--events", "e"}) == 0);
    CHECK(ferry.out().find("s: command\n    command: [\"bash\",\"-c\",\"touch started\"]\n") == 0);
    for (const char* name : {"started", "o.json", "e", ".ferry"})
        CHECK_FALSE(std::filesystem::exists(ferry.dir / name));
}

TEST_CASE("variables, log levels and the events file") {
    Program ferry;
    ferry.dir.write("w.json", R"({"name":"w","vars":{"x":null},"steps":[{"id":"s","task":"command",
        "with":{"command":["test","${vars.x}","=","1e5"]}}]})");
    CHECK(ferry.run({"run", "w.json"}) == 2);
    CHECK(ferry.run({"run", "w.json", "--var", "y=1"}) == 2);
    REQUIRE(ferry.run({"run", "w.json", "--var", "x=1e5", "--log-level", "error", "--events", "e"}) == 0);
    CHECK(ferry.err().empty());
    CHECK(read_file(ferry.dir / "e").find("\"type\":\"step_finished\"") != std::string::npos);
}

TEST_CASE("help and version need neither plugins nor a state directory") {
    Program ferry;
    ferry.in_child = [] { ::setenv("FERRY_PLUGIN_PATH", ":relative:", 1); };
    for (const auto& arguments : std::vector<std::vector<std::string>>{{"--help"}, {"--version"}, {"run", "--help"}}) {
        CHECK(ferry.run(arguments) == 0);
        CHECK(ferry.err().empty());
        CHECK(ferry.out().find("ferry") == 0);
    }
    CHECK_FALSE(std::filesystem::exists(ferry.dir / ".ferry"));
}

} // namespace ferry::test
