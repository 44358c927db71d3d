// What a resumed run repeats, and what not.
#include "resume_fixture.hpp"
#include "workflow/run_folder.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace ferry;
using namespace ferry::test;

namespace {

// a makes out.txt of in.txt; b uses what it hands on; c stands alone.
constexpr const char* kSteps = R"(
  {"id":"a","task":"command","with":{"command":["x"],"inputs":["in.txt"],"outputs":{"o":"out.txt"}}},
  {"id":"b","task":"command","needs":["a"],"with":{"command":["x","${vars.v}"]}},
  {"id":"c","task":"command","with":{"command":["y"]}})";

struct Three : ResumeFixture {
    Three() : ResumeFixture(kSteps) {
        dir.write("in.txt", "in");
        makes("a", "out.txt");
    }
};

} // namespace

TEST_CASE("what has succeeded is not repeated, and its outputs are the recorded ones") {
    ResumeFixture f(R"({"id":"a","task":"probe"},
      {"id":"b","task":"probe","needs":["a"],"with":{"any":["${steps.a.outputs.k}","${steps.a.status}"]}})");
    f.tasks.on("a", [](const FakeCall& call) {
        call.output("k", R"({"deep":[1,"x",null]})");
        return FERRY_OK;
    });
    f.fails("b");
    CHECK(f.run() == "a:succeeded b:failed");
    f.succeeds("b");
    f.options.run_id = "run-2";
    CHECK(f.resume() == "a:cached b:succeeded");
    CHECK(f.ran == std::vector<std::string>{"b"});
    CHECK(f.tasks.options_of("b").back().find(R"([{"deep":[1,"x",null]},"succeeded"])") != std::string::npos);
    CHECK(f.result.steps[0].from_run == "run-1");
    CHECK(f.result.steps[0].error.code.empty());
    CHECK(f.resume() == "a:cached b:cached");
    CHECK(f.result.status == RunStatus::succeeded);
    CHECK(f.result.steps[1].from_run == "run-2");
}

TEST_CASE("without --resume everything runs") {
    Three f;
    CHECK(f.run() == "a:succeeded b:succeeded c:succeeded");
    CHECK(f.run() == "a:succeeded b:succeeded c:succeeded");
    CHECK(f.resume() == "a:cached b:cached c:cached");
    CHECK(f.ran.empty());
}

TEST_CASE("a changed file is the reason to run again, with all that stands on it, and is named") {
    Three f;
    f.run();
    std::string word = "changed";
    SUBCASE("an input") {
        f.dir.write("in.txt", "other");
    }
    SUBCASE("an input of the same size, by its time") {
        f.dir.write("in.txt", "ni");
        timespec times[2]{{1, 0}, {1, 0}};
        ::utimensat(AT_FDCWD, (f.dir / "in.txt").c_str(), times, 0);
    }
    SUBCASE("an output") {
        f.dir.write("out.txt", "by hand");
    }
    SUBCASE("an output that is gone") {
        std::filesystem::remove(f.dir / "out.txt");
        word = "gone";
    }
    CHECK(f.resume() == "a:succeeded b:succeeded c:cached");
    CHECK(f.said["a"].find(word == "gone" ? "is gone" : "has changed") != std::string::npos);
    CHECK(f.said["a"].starts_with("not cached: "));
    CHECK(f.said["b"] == "not cached: step \"a\" has run anew\n");
    CHECK(f.resume() == "a:cached b:cached c:cached");
}

TEST_CASE("the options decide: a variable touches the steps that mention it") {
    Three f;
    f.run();
    f.request.vars = {{"v", "2"}};
    CHECK(f.resume() == "a:cached b:succeeded c:cached");
    f.request.vars = {{"v", "1"}};
    CHECK(f.resume() == "a:cached b:cached c:cached"); // its record is still there
}

TEST_CASE("a pattern is looked at anew") {
    ResumeFixture f(R"({"id":"a","task":"command","with":{"command":["x"],"inputs":["*.fq"]}})");
    f.dir.write("1.fq", "1");
    f.dir.write("2.fq", "2");
    f.run();
    CHECK(f.resume() == "a:cached");
    f.dir.write("0.fq", "0");
    CHECK(f.resume() == "a:succeeded");
    CHECK(f.said["a"].find("0.fq is new") != std::string::npos);
    std::filesystem::remove(f.dir / "1.fq");
    CHECK(f.resume() == "a:succeeded");
    CHECK(f.said["a"].find("1.fq is gone") != std::string::npos);
}

TEST_CASE("with fingerprint content, the content decides and the time does not") {
    ResumeFixture f(R"({"id":"a","task":"command","with":{"command":["x"],"inputs":["in"],"fingerprint":"content"}})");
    f.dir.write("in", "same");
    f.run();
    timespec times[2]{{1, 0}, {1, 0}};
    ::utimensat(AT_FDCWD, (f.dir / "in").c_str(), times, 0);
    CHECK(f.resume() == "a:cached");
    f.dir.write("in", "emas");
    ::utimensat(AT_FDCWD, (f.dir / "in").c_str(), times, 0);
    CHECK(f.resume() == "a:succeeded");
}

TEST_CASE("an input that changes while the step runs is not taken for the one that was read") {
    ResumeFixture f(R"({"id":"a","task":"command","with":{"command":["x"],"inputs":["in"]}})");
    f.dir.write("in", "before");
    f.tasks.on("a", [&](const FakeCall&) {
        f.dir.write("in", "and after");
        return FERRY_OK;
    });
    f.run();
    CHECK(f.resume() == "a:succeeded");
}

TEST_CASE("a file that the step itself rewrites counts as it left it") {
    ResumeFixture f(R"({"id":"a","task":"command","with":{"command":["x"],"inputs":["db"],"outputs":{"db":"db"}}})");
    f.dir.write("db", "old");
    f.makes("a", "db");
    f.run();
    CHECK(f.resume() == "a:cached");
    f.dir.write("db", "other");
    CHECK(f.resume() == "a:succeeded");
}

TEST_CASE("an upload is cached while its files are unchanged and it goes to the same platform") {
    ResumeFixture f(R"({"id":"a","task":"upload","with":{"project":"me/p",
      "files":["x.bam",{"path":"y.bam","name":"x.bam"}]}})");
    f.env["SB_API_ENDPOINT"] = "https://one";
    f.dir.write("x.bam", "x");
    f.dir.write("y.bam", "y");
    f.run();
    CHECK(f.resume() == "a:cached");
    SUBCASE("a path") {
        f.dir.write("x.bam", "more");
    }
    SUBCASE("a path with a name") {
        f.dir.write("y.bam", "more");
    }
    SUBCASE("the platform") {
        f.env["SB_API_ENDPOINT"] = "https://two";
    }
    CHECK(f.resume() == "a:succeeded");
}

TEST_CASE("failed and skipped steps leave no record, allowed failures neither") {
    ResumeFixture f(R"({"id":"a","task":"probe","allow_failure":true},{"id":"b","task":"probe","needs":["a"]},
      {"id":"c","task":"probe","needs":["b"]},{"id":"d","task":"probe","needs":["c"]},
      {"id":"e","task":"probe","needs":["c"],"when":"failure"},{"id":"f","task":"probe","needs":["c"],"when":"always"})");
    f.fails("a");
    f.fails("c");
    CHECK(f.run() == "a:failed b:succeeded c:failed d:skipped e:succeeded f:succeeded");
    CHECK(f.records().size() == 3);
    CHECK(f.resume() == "a:failed b:cached c:failed d:skipped e:succeeded f:succeeded"); // c has failed anew
    f.succeeds("c");
    CHECK(f.resume() == "a:failed b:cached c:succeeded d:succeeded e:skipped f:succeeded");
    CHECK(f.resume() == "a:failed b:cached c:cached d:cached e:skipped f:cached");
    f.succeeds("a"); // what b stands on is another thing now
    CHECK(f.resume() == "a:succeeded b:succeeded c:succeeded d:succeeded e:skipped f:succeeded");
}

TEST_CASE("after a run that was cut off nothing is cached that is older than what it stands on") {
    Three f;
    f.run();
    SUBCASE("without --resume") {
        f.tasks.on("a", [&](const FakeCall&) {
            f.dir.write("out.txt", "made");
            f.stop->request(SIGTERM); // b does not start
            return FERRY_OK;
        });
        CHECK(f.run() == "a:succeeded b:skipped c:skipped");
    }
    SUBCASE("with it") {
        f.dir.write("in.txt", "changed");
        f.tasks.on("a", [&](const FakeCall&) {
            f.stop->request(SIGTERM);
            return FERRY_OK;
        });
        CHECK(f.resume().starts_with("a:succeeded b:skipped"));
    }
    f.stop = std::make_unique<StopFlag>();
    f.makes("a", "out.txt");
    CHECK(f.resume() == "a:cached b:succeeded c:cached"); // c stands alone
}

TEST_CASE("a step is not answered by the record of an earlier run once it has failed or was cut off") {
    Three f;
    f.run();
    SUBCASE("it failed, and nothing was mended") {
        f.fails("b");
        CHECK(f.run() == "a:succeeded b:failed c:succeeded");
        CHECK(f.resume() == "a:cached b:failed c:cached");
    }
    SUBCASE("what it stands on has other options now") {
        f.text.replace(f.text.find(R"(["x"])"), 5, R"(["z"])");
        f.fails("b");
        CHECK(f.run() == "a:succeeded b:failed c:succeeded");
        f.succeeds("b");
        CHECK(f.resume() == "a:cached b:succeeded c:cached");
    }
    SUBCASE("what it stands on was run alone") {
        f.text.replace(f.text.find(R"(["x"])"), 5, R"(["z"])");
        f.options.only = "a";
        CHECK(f.run() == "a:succeeded b:skipped c:skipped");
        f.options.only.clear();
        CHECK(f.resume() == "a:cached b:succeeded c:cached");
        CHECK(f.said["b"] == "not cached: step \"a\" has run anew\n");
    }
    SUBCASE("what it stands on was done with another value, and then with the first") {
        f.text.replace(f.text.find(R"(["x"])"), 5, R"(["${vars.v}"])");
        f.run();
        f.request.vars = {{"v", "2"}};
        f.run();
        f.request.vars = {};
        CHECK(f.resume() == "a:succeeded b:succeeded c:cached"); // out.txt is the other one's
    }
}

TEST_CASE("what is behind a failure that is allowed stands on it, and on the options it failed with") {
    ResumeFixture f(
        R"({"id":"a","task":"probe","allow_failure":true,"with":{"any":1}},{"id":"b","task":"probe","needs":["a"]})");
    f.run();
    f.fails("a");
    f.text.replace(f.text.find(R"("any":1)"), 7, R"("any":2)");
    CHECK(f.resume() == "a:failed b:succeeded");
    CHECK(f.resume() == "a:failed b:cached");
    f.text.replace(f.text.find(R"("any":2)"), 7, R"("any":3)");
    CHECK(f.resume() == "a:failed b:succeeded");
}

TEST_CASE("a step that was passed over does not hide that what it needs has run anew") {
    ResumeFixture f(R"({"id":"a","task":"command","with":{"command":["x"],"inputs":["in"]}},
      {"id":"n","task":"probe","needs":["a"],"when":"failure"},
      {"id":"c","task":"probe","needs":["n"],"when":"always"})");
    f.dir.write("in", "1");
    CHECK(f.run() == "a:succeeded n:skipped c:succeeded");
    CHECK(f.resume() == "a:cached n:skipped c:cached");
    f.dir.write("in", "other");
    CHECK(f.resume() == "a:succeeded n:skipped c:succeeded");
}

TEST_CASE("a stop while files are looked at costs no record") {
    Three f;
    f.run();
    f.stop->request(SIGTERM);
    CHECK(f.resume() == "a:skipped b:skipped c:skipped");
    f.stop = std::make_unique<StopFlag>();
    CHECK(f.resume() == "a:cached b:cached c:cached");
}

TEST_CASE("an upload is not cached once the credentials file names another platform") {
    ResumeFixture f(R"({"id":"a","task":"upload","with":{"project":"me/p","files":["x.bam"]}})");
    f.env["HOME"] = f.dir.path().string();
    f.dir.write("x.bam", "x");
    std::filesystem::create_directory(f.dir / ".sevenbridges");
    f.dir.write(".sevenbridges/credentials", "[default]\napi_endpoint = https://one\n");
    f.run();
    CHECK(f.resume() == "a:cached");
    f.dir.write(".sevenbridges/credentials", "[default]\napi_endpoint = https://two\n");
    CHECK(f.resume() == "a:succeeded");
}

TEST_CASE("one workflow is one, by whatever path it is named") {
    Three f;
    f.run();
    std::filesystem::create_directory(f.dir / "sub");
    std::filesystem::create_symlink(f.dir / "w.json", f.dir / "link.json");
    for (const char* name : {"sub/../w.json", "link.json"}) {
        CAPTURE(name);
        const auto loaded = load_workflow((f.dir / name).string(), f.tasks.registry(), f.request);
        REQUIRE(loaded.workflow);
        LinesListener listener;
        f.options.resume = true;
        const RunResult result = run_workflow(*loaded.workflow, f.options, listener, *f.stop);
        CHECK(result.steps[0].status == StepStatus::cached);
        CHECK(run_identity(*loaded.workflow, f.options.work_dir) == run_identity(*f.load(), f.options.work_dir));
    }
}

TEST_CASE("a step does not start while a record stands that would call it done") {
    Three f;
    f.run();
    for (const auto& record : f.records()) { // a folder is what even root cannot unlink
        std::filesystem::remove(record);
        std::filesystem::create_directory(record);
    }
    CHECK(f.run() == "a:failed b:skipped c:failed");
    CHECK(f.ran.empty());
    CHECK(f.result.steps[0].error.code == "record");
    CHECK(f.result.steps[0].error.message.find("cannot be removed") != std::string::npos);
}

TEST_CASE("a record that was torn, changed or swapped answers nothing") {
    const auto bad_of = [](const std::string& how, std::string whole, const std::string& other) {
        if (how == "torn")
            whole.resize(whole.size() / 2);
        if (how == "changed")
            whole[whole.find("run-1")] = 'R';
        return how == "empty" ? "" : how == "swapped" ? other : how == "garbage" ? std::string(1000, '[') : whole;
    };
    for (const char* how : {"torn", "empty", "changed", "swapped", "garbage"}) {
        CAPTURE(how);
        Three f;
        f.run();
        const auto records = f.records();
        REQUIRE(records.size() == 3);
        std::vector<std::string> contents;
        for (const auto& record : records)
            contents.push_back(read_file(record));
        for (std::size_t i = 0; i < records.size(); ++i)
            std::ofstream(records[i]) << bad_of(how, contents[i], contents[(i + 1) % 3]);
        CHECK(f.resume() == "a:succeeded b:succeeded c:succeeded");
        CHECK(f.resume() == "a:cached b:cached c:cached");
    }
}

TEST_CASE("a link in a record's place is no record") {
    Three f;
    f.run();
    for (const auto& record : f.records()) {
        std::filesystem::rename(record, record.string() + ".moved");
        std::filesystem::create_symlink(record.string() + ".moved", record);
    }
    CHECK(f.resume() == "a:succeeded b:succeeded c:succeeded");
}

TEST_CASE("a state directory that takes no records costs only these, and is said") {
    Three f;
    f.dir.write("state/steps", "a file");
    CHECK(f.run() == "a:succeeded b:succeeded c:succeeded");
    CHECK(f.said["a"].find("--resume would run this step again: cannot write ") == 0);
    CHECK(f.resume() == "a:succeeded b:succeeded c:succeeded");
}

TEST_CASE("a token is in no record, and changes none") {
    ResumeFixture f(R"({"id":"a","task":"command","with":{"command":["x"],"env":{"T":"${env.SB_AUTH_TOKEN}"}}})");
    f.env["SB_AUTH_TOKEN"] = "first-secret";
    f.run();
    CHECK(f.tasks.options_of("a").back().find("first-secret") != std::string::npos);
    REQUIRE(f.records().size() == 1);
    CHECK(read_file(f.records()[0]).find("secret") == std::string::npos);
    f.env["SB_AUTH_TOKEN"] = "second-secret";
    CHECK(f.resume() == "a:cached");
}

TEST_CASE("a dry run with --resume knows what is cached, and what that hands on; it changes no record") {
    ResumeFixture f(R"({"id":"a","task":"command","with":{"command":["x"],"outputs":{"o":"out"}}},
      {"id":"b","task":"command","needs":["a"],"with":{"command":["${steps.a.outputs.o}"]}},
      {"id":"c","task":"command","needs":["b"],"with":{"command":["z"]}})");
    f.tasks.on("a", [&](const FakeCall& call) {
        f.dir.write("out", "made");
        call.output("o", "\"handed\"");
        return FERRY_OK;
    });
    f.fails("b");
    f.run();
    f.succeeds("b");
    f.options.dry_run = true;
    CHECK(f.resume() == "a:cached b:succeeded c:succeeded");
    CHECK(f.tasks.options_of("b").back().find("handed") != std::string::npos);
    CHECK(f.records().size() == 1);
    CHECK(f.run() == "a:succeeded b:skipped c:succeeded"); // without it, b's options are not known
    CHECK(f.records().size() == 1);
}
