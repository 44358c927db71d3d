// What a resumed run repeats, and what not.
#include "resume_fixture.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>

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

TEST_CASE("a run that is cut off leaves no record that is older than what it stands on") {
    Three f;
    f.run();
    std::size_t left = 1;
    SUBCASE("without --resume") {
        f.tasks.on("a", [&](const FakeCall&) {
            f.dir.write("out.txt", "made");
            f.stop.request(SIGTERM); // b does not start
            return FERRY_OK;
        });
        CHECK(f.run() == "a:succeeded b:skipped c:skipped");
    }
    SUBCASE("with it") {
        left = 2; // c stands alone
        f.dir.write("in.txt", "changed");
        f.tasks.on("a", [&](const FakeCall&) {
            f.stop.request(SIGTERM);
            return FERRY_OK;
        });
        CHECK(f.resume().starts_with("a:succeeded b:skipped"));
    }
    CHECK(f.records().size() == left); // b's is gone in any case
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
