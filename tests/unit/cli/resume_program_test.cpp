// Runs that go on: the program itself, one call after the other in one folder.
#include "program.hpp"

#include "schema/validator.hpp"
#include "schemas.hpp"

#include <fstream>
#include <sstream>

namespace ferry::test {
namespace {

// Each step notes that it ran; b fails until there is a file `cured`.
constexpr const char* steps = R"({"name":"w","vars":{"v":"x"},"steps":[
  {"id":"a","task":"command","with":{"command":["sh","-c","echo a >> ran; cat in > a.txt"],
    "inputs":["in"],"outputs":{"o":"a.txt"}}},
  {"id":"b","task":"command","needs":["a"],"with":{"command":["sh","-c","echo b >> ran; echo why >&2; test -e cured"],
    "env":{"RUN":"${run.id}","A":"${steps.a.outputs.o}"}}},
  {"id":"c","task":"command","needs":["b"],"with":{"command":["sh","-c","echo c >> ran"]}},
  {"id":"mend","task":"command","needs":["b"],"when":"failure","with":{"command":["true"]}}]})";

struct Workflow : Program {
    Workflow() {
        dir.write("w.json", steps);
        dir.write("in", "content");
    }
    // What ran since the last question.
    std::string ran() const {
        if (!std::filesystem::exists(dir / "ran"))
            return {};
        std::string names = read_file(dir / "ran");
        std::filesystem::remove(dir / "ran");
        std::erase(names, '\n');
        return names;
    }
    std::string status(const std::string& step) const {
        return document()->getObject("steps")->getObject(step)->getValue<std::string>("status");
    }
    bool says(const std::string& text) const { return err().find(text) != std::string::npos; }
    std::filesystem::path run_folder() const {
        for (const auto& entry : std::filesystem::directory_iterator(dir / ".ferry/runs"))
            return entry.path();
        return {};
    }
};

} // namespace

TEST_CASE("--resume repeats nothing that succeeded, and says what it takes from where") {
    Workflow w;
    CHECK(w.run({"run", "w.json"}) == 1);
    CHECK(w.ran() == "ab");
    CHECK(w.says("to go on, once the cause is gone: ferry run w.json --resume\n"));
    const auto id = w.document()->getValue<std::string>("run_id");
    w.dir.write("cured", "");
    REQUIRE(w.run({"run", "w.json", "--resume", "--events", "e"}) == 0);
    CHECK(w.ran() == "bc");
    CHECK(w.status("a") == "cached");
    CHECK(w.status("b") == "succeeded");
    CHECK(w.says("[a] cached: done in run " + id + "\n"));
    CHECK(w.document()->getValue<std::string>("run_id") == id);
    CHECK(w.document()->getObject("steps")->getObject("a")->getObject("outputs")->getValue<std::string>("o") ==
          (w.dir / "a.txt").string());
    const auto schema = std::get<Poco::Dynamic::Var>(parse_json(schemas::outputs())).extract<Poco::JSON::Object::Ptr>();
    for (const Diagnostic& found : Validator(schema).check(w.document()))
        FAIL_CHECK(to_text(found));
    CHECK(read_file(w.dir / "e")
              .find(R"("step":"a","attempt":0,"from_run":")" + id + R"(","seconds":0,"status":"cached"})") !=
          std::string::npos);
    REQUIRE(w.run({"run", "w.json", "--resume"}) == 0); // with ${run.id} the same, b too
    CHECK(w.ran().empty());
    CHECK(w.says("3 cached, 1 skipped\n"));
    CHECK(w.run({"run", "w.json"}) == 0);
    CHECK(w.ran() == "abc");
    CHECK(w.document()->getValue<std::string>("run_id") != id);
}

TEST_CASE("--resume says what has changed, and that it knows of no earlier run") {
    Workflow w;
    w.dir.write("cured", "");
    REQUIRE(w.run({"run", "w.json", "--resume"}) == 0);
    CHECK(w.ran() == "abc");
    CHECK(w.says("no earlier run with these variables is known here"));
    w.dir.write("in", "other content");
    REQUIRE(w.run({"run", "w.json", "--resume"}) == 0);
    CHECK(w.ran() == "abc");
    CHECK(w.says("[a] not cached: input " + (w.dir / "in").string() + " has changed\n"));
}

TEST_CASE("the advice after a resumed run names --resume once, and --from no more") {
    Workflow w;
    CHECK(w.run({"run", "--resume", "w.json"}) == 1);
    CHECK(w.says("gone: ferry run w.json --resume\n"));
    CHECK(w.run({"run", "w.json", "--from", "b", "--var", "v=x"}) == 1);
    CHECK(w.says("gone: ferry run w.json --var v=x --resume\n"));
}

TEST_CASE("--only and --from: what they need comes from records, or has to run first") {
    Workflow w;
    w.dir.write("cured", "");
    CHECK(w.run({"run", "w.json", "--only", "c"}) == 2);
    CHECK(w.says("error: step \"a\" has to run first, as no record of an earlier run answers it: "
                 "ferry run w.json --only a\n"));
    CHECK(w.ran().empty());
    CHECK(w.run({"run", "w.json", "--only", "a"}) == 0);
    CHECK(w.run({"run", "w.json", "--from", "c"}) == 2);
    CHECK(w.says(": ferry run w.json --only b\n"));
    CHECK(w.run({"run", "w.json", "--from", "b"}) == 0);
    CHECK(w.ran() == "abc");
    CHECK(w.status("a") == "cached");
    CHECK(w.run({"run", "w.json", "--only", "b"}) == 0);
    CHECK(w.ran() == "b");
    CHECK(w.status("c") == "skipped");
    CHECK(w.run({"run", "w.json", "--only", "bb"}) == 2);
    CHECK(w.says("--only 'bb': the workflow has no such step; did you mean \"b\"?"));
    CHECK(w.out().empty());
}

TEST_CASE("a dry run lists what is cached, what would run, and what runs only after a failure; it changes nothing") {
    Workflow w;
    CHECK(w.run({"run", "w.json"}) == 1);
    const auto id = w.document()->getValue<std::string>("run_id");
    w.ran();
    REQUIRE(w.run({"run", "w.json", "--resume", "--dry-run"}) == 0);
    CHECK(w.ran().empty());
    const std::string plan = w.out();
    CAPTURE(plan);
    CHECK(plan.find("a: command\n    cached: done in run " + id + "\nb: command, after a\n    command: ") == 0);
    CHECK(plan.find("    env: {\"RUN\":\"" + id + "\",\"A\":\"" + (w.dir / "a.txt").string() + "\"}\n") !=
          std::string::npos);
    CHECK(plan.find("mend: command, after b\n    skipped: it runs only after a failure\n") != std::string::npos);
    w.dir.write("cured", "");
    REQUIRE(w.run({"run", "w.json", "--resume"}) == 0);
    CHECK(w.ran() == "bc");
}

TEST_CASE("a run that was killed in the middle goes on with the step that it was at") {
    Workflow w;
    w.dir.write("w.json", R"({"name":"w","steps":[
      {"id":"a","task":"command","with":{"command":["sh","-c","echo a >> ran; echo 1 > a.txt"],"outputs":{"o":"a.txt"}}},
      {"id":"b","task":"command","needs":["a"],
        "with":{"command":["sh","-c","echo b >> ran; echo $$ > pid; touch ready; test -e cured || exec sleep 1000"]}}]})");
    w.start({"run", "w.json"});
    w.await("ready");
    ::kill(w.pid, SIGKILL);
    CHECK(w.wait() == 1000 + SIGKILL);
    pid_t left = 0;
    std::ifstream(w.dir / "pid") >> left;
    REQUIRE(left > 1);
    ::kill(-left, SIGKILL); // the guard does it, too, once it has been told of the group
    CHECK(w.ran() == "ab");
    w.dir.write("cured", "");
    REQUIRE(w.run({"run", "w.json", "--resume"}) == 0);
    CHECK(w.ran() == "b");
    CHECK(w.status("a") == "cached");
    CHECK(w.says("which had this run before, is gone: going on in its place"));
}

TEST_CASE("two runs of the same at once: the second does not begin, and names the first") {
    Workflow first;
    first.workflow("touch ready; while [ ! -e go ]; do sleep 0.01; done");
    first.start({"run", "w.json"});
    first.await("ready");
    const std::string who = "process " + std::to_string(first.pid) + " on host ";
    const pid_t pid = first.pid;
    std::filesystem::rename(first.dir / "err", first.dir / "first-err");
    CHECK(first.run({"run", "w.json"}) == 1);
    CHECK(first.says("error: " + who));
    CHECK(first.says(" has this run in work, since 2"));
    CHECK(first.out().empty());
    CHECK(first.run({"run", "w.json", "--dry-run"}) == 0); // looks only
    first.dir.write("go", "");
    first.pid = pid;
    CHECK(first.wait() == 0);
    CHECK(first.run({"run", "w.json"}) == 0);
}

TEST_CASE("other variables are another run") {
    Workflow w;
    w.dir.write("w.json", R"({"name":"w","vars":{"v":"x"},"steps":[{"id":"s","task":"command","with":{"command":
      ["sh","-c","touch ready; [ \"$V\" = y ] || while [ ! -e go ]; do sleep 0.01; done"],"env":{"V":"${vars.v}"}}}]})");
    w.start({"run", "w.json"});
    w.await("ready");
    const pid_t pid = w.pid;
    CHECK(w.run({"run", "w.json", "--var", "v=y"}) == 0);
    w.dir.write("go", "");
    w.pid = pid;
    CHECK(w.wait() == 0);
}

TEST_CASE("what a step prints is kept by attempt, in the folder of its run; the end is told, without tokens") {
    Workflow w;
    w.in_child = [] { ::setenv("SB_AUTH_TOKEN", "token-value-1", 1); };
    w.dir.write("w.json", R"({"name":"w","steps":[{"id":"s","task":"command","retry":{"attempts":2,"delay":0},
      "with":{"command":["sh","-c","seq 30; echo $T; exit 1"],"env":{"T":"${env.SB_AUTH_TOKEN}"}}}]})");
    CHECK(w.run({"run", "w.json"}) == 1);
    const auto id = w.document()->getValue<std::string>("run_id");
    const auto folder = w.run_folder() / id;
    CHECK(std::filesystem::exists(folder / "s.1.out"));
    CHECK(read_file(folder / "s.2.out").starts_with("1\n2\n"));
    CHECK_FALSE(std::filesystem::exists(folder / "s.2.err")); // nothing was in it
    CHECK(w.says("[s] | 22\n"));
    CHECK_FALSE(w.says("[s] | 21\n"));
    CHECK(w.says("[s] | [SB_AUTH_TOKEN]\n"));
    CHECK_FALSE(w.says("token-value-1"));
    CHECK(w.says("(all it printed: " + (folder / "s.2.out").string() + ")"));
    CHECK(w.run({"run", "w.json", "--resume"}) == 1);
    CHECK(w.document()->getValue<std::string>("run_id") == id);
    CHECK(std::filesystem::exists(folder / "s.4.out")); // counted on: what went wrong before is still there
    CHECK_FALSE(std::filesystem::exists(folder / "s.5.out"));
}

TEST_CASE("who lives on after TERM is waited for, which is said") {
    Program ferry;
    ferry.workflow("trap '' TERM; echo $$ > pid; touch ready; while :; do sleep 1000; done");
    ferry.start({"run", "w.json"});
    ferry.await("ready");
    ::kill(ferry.pid, SIGTERM);
    while (ferry.err().find("[s] waiting up to 10 s for the command to end; a second signal ends it at once\n") ==
           std::string::npos)
        std::this_thread::yield();
    ::kill(ferry.pid, SIGINT);
    const int status = ferry.wait();
    CHECK((status == 128 + SIGTERM || status == 128 + SIGINT));
}

} // namespace ferry::test
