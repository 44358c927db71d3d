// --from and --only.
#include "resume_fixture.hpp"

using namespace ferry;
using namespace ferry::test;

namespace {

// a <- b <- c, and d alone; h handles a failure of b, m may fail.
constexpr const char* kChain = R"(
  {"id":"a","task":"probe"},{"id":"b","task":"probe","needs":["a"]},{"id":"c","task":"probe","needs":["b"]},
  {"id":"d","task":"probe"},{"id":"h","task":"probe","needs":["b"],"when":"failure"})";

std::string missing(ResumeFixture& f) {
    const auto found = missing_record(*f.load(), f.options, [] { return false; });
    return found ? found->step + ":" + found->reason : "";
}

} // namespace

TEST_CASE("--from runs the step and what needs it, even if done; the rest comes from records") {
    ResumeFixture f(kChain);
    f.run();
    f.options.from = "b";
    CHECK(missing(f).empty());
    CHECK(f.run() == "a:cached b:succeeded c:succeeded d:cached h:skipped");
    CHECK(f.ran == std::vector<std::string>{"b", "c"});
}

TEST_CASE("--only runs the step; what it needs comes from records, the rest is left out") {
    ResumeFixture f(kChain);
    f.run();
    f.options.only = "b";
    CHECK(missing(f).empty());
    CHECK(f.run() == "a:cached b:succeeded c:skipped d:skipped h:skipped");
    CHECK(f.ran == std::vector<std::string>{"b"});
    CHECK(f.result.steps[2].error.message == "only step \"b\" was asked for");
    CHECK(f.result.exit_code() == 0);
    f.options.only.clear();
    CHECK(f.resume() == "a:cached b:cached c:succeeded d:cached h:skipped"); // c stands on the new b
}

TEST_CASE("--only with --resume does not repeat the step either") {
    ResumeFixture f(kChain);
    f.run();
    f.options.only = "b";
    CHECK(f.resume() == "a:cached b:cached c:skipped d:skipped h:skipped");
}

TEST_CASE("the first step without a record is named, with the reason") {
    ResumeFixture f(R"({"id":"a","task":"command","with":{"command":["x"],"inputs":["in"]}},
      {"id":"b","task":"probe","needs":["a"]},{"id":"c","task":"probe","needs":["b"]},{"id":"d","task":"probe"})");
    f.dir.write("in", "1");
    f.options.only = "c";
    CHECK(missing(f) == "a:");
    f.options.only = "a";
    f.run();
    f.options.only = "c";
    CHECK(missing(f) == "b:");
    f.options.only.clear();
    f.options.from = "c";
    CHECK(missing(f) == "b:");
    f.options.from.clear();
    f.run();
    f.options.only = "c";
    CHECK(missing(f).empty());
    f.dir.write("in", "22");
    CHECK(missing(f) == "a:input " + (f.dir / "in").string() + " has changed");
    f.options.only = "d";
    CHECK(missing(f).empty());
    // What is missing only when the run has begun fails the step, and runs nothing behind it.
    f.options.only = "c";
    CHECK(f.run() == "a:failed b:skipped c:skipped d:skipped");
    CHECK(f.result.steps[0].error.code == "record");
}

TEST_CASE("a step that is asked for by name runs whatever its `when` says") {
    ResumeFixture f(kChain);
    f.run();
    f.options.only = "h";
    CHECK(f.run() == "a:cached b:cached c:skipped d:skipped h:succeeded");
    f.options.only.clear();
    f.options.from = "h";
    CHECK(f.run() == "a:cached b:cached c:cached d:cached h:succeeded");
}

TEST_CASE("a needed step that may fail, and did, is in nobody's way") {
    ResumeFixture f(R"({"id":"a","task":"probe","allow_failure":true},{"id":"b","task":"probe","needs":["a"]})");
    f.fails("a");
    f.run();
    f.options.only = "b";
    CHECK(missing(f).empty());
    CHECK(f.run() == "a:skipped b:succeeded");
    CHECK(f.result.exit_code() == 0);
}

TEST_CASE("an unknown step is told with the nearest name") {
    ResumeFixture f(kChain);
    f.text = R"({"steps":[{"id":"publish","task":"probe"},{"id":"align","task":"probe"}]})";
    f.options.only = "publihs";
    CHECK(selection_problem(*f.load(), f.options) ==
          "--only 'publihs': the workflow has no such step; did you mean \"publish\"?");
    f.options.only.clear();
    f.options.from = "zzz";
    CHECK(selection_problem(*f.load(), f.options) ==
          "--from 'zzz': the workflow has no such step; it has: publish and align");
    f.options.from = "align";
    CHECK_FALSE(selection_problem(*f.load(), f.options));
}
