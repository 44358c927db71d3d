// Where output goes, and which files a command must find and leave.
#include "command_fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace ferry::test {
namespace {

unsigned mode_of(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777u : 0u;
}

} // namespace

TEST_CASE("without stdout and stderr, output is kept in the state directory, privately") {
    CommandFixture f;
    REQUIRE(f.bash("echo out; echo err >&2").code == FERRY_OK);
    CHECK(read_file(f.kept("step.1.out")) == "out\n");
    CHECK(read_file(f.kept("step.1.err")) == "err\n");
    CHECK(mode_of(f.kept("step.1.out")) == 0600u);
    CHECK(mode_of(f.path("state/runs/run-1")) == 0700u);
    f.context.attempt = 2;
    f.context.row = 7;
    REQUIRE(f.bash("echo again").code == FERRY_OK);
    CHECK(read_file(f.kept("row-7.step.2.out")) == "again\n");
}

TEST_CASE("commands that print nothing leave no empty files") {
    CommandFixture f;
    REQUIRE(f.run(R"({"command":["true"]})").code == FERRY_OK);
    CHECK(std::filesystem::is_empty(f.kept("")));
}

TEST_CASE("a link in the place of a kept file is replaced, not followed") {
    CommandFixture f;
    f.dir.write("victim", "precious");
    std::filesystem::create_directories(f.kept(""));
    std::filesystem::create_symlink(f.path("victim"), f.kept("step.1.out"));
    REQUIRE(f.bash("echo x").code == FERRY_OK);
    CHECK(read_file(f.dir / "victim") == "precious");
}

TEST_CASE("stdout and stderr go to files, also to one and the same") {
    CommandFixture f;
    f.dir.write("both.log", "old content that is longer than the new one\n");
    REQUIRE(f.bash("echo one; echo two >&2; echo three", R"("stdout":"both.log","stderr":"./both.log")").code ==
            FERRY_OK);
    CHECK(read_file(f.dir / "both.log") == "one\ntwo\nthree\n");
    REQUIRE(f.bash("echo one; echo two >&2", R"("stdout":"out.log","stderr":"err.log")").code == FERRY_OK);
    CHECK(read_file(f.dir / "out.log") == "one\n");
    CHECK(read_file(f.dir / "err.log") == "two\n");
    CHECK(f.bash(":", R"("stdout":"no/such/folder")").message.find("cannot write the file") == 0);
}

TEST_CASE("a FIFO that nobody reads fails the step and does not hang it") {
    CommandFixture f;
    REQUIRE(::mkfifo((f.dir / "pipe").c_str(), 0600) == 0);
    CHECK(f.bash(":", R"("stdout":"pipe")").message == "nobody reads the FIFO '" + f.path("pipe") + "'");
}

TEST_CASE("outputs: a path gives a text, a glob a sorted array, both absolute with links kept") {
    CommandFixture f;
    std::filesystem::create_directory(f.dir / "real");
    std::filesystem::create_directory_symlink("real", f.dir / "link");
    const TaskOutcome outcome = f.bash("touch link/b.txt link/a.txt link/.hidden.txt",
                                       R"("outputs":{"one":"./link//a.txt","many":"link/*.txt","deep":"**/b.txt"})");
    CAPTURE(outcome.message);
    REQUIRE(outcome.code == FERRY_OK);
    CHECK(outcome.outputs->getValue<std::string>("one") == f.path("link/a.txt"));
    CHECK(to_json(outcome.outputs->get("many")) ==
          "[\"" + f.path("link/a.txt") + "\",\"" + f.path("link/b.txt") + "\"]");
    CHECK(to_json(outcome.outputs->get("deep")) == "[\"" + f.path("real/b.txt") + "\"]"); // ** enters no link
}

TEST_CASE("a declared output that is missing fails the step") {
    CommandFixture f;
    TaskOutcome outcome = f.bash(":", R"("outputs":{"bam":"x.bam"})");
    CHECK(outcome.code == FERRY_FAILED);
    CHECK(outcome.kind == "output");
    CHECK(outcome.message ==
          "the command ended well, but its output 'bam' is missing: there is no file '" + f.path("x.bam") + "'");
    outcome = f.bash(":", R"("outputs":{"logs":"*.log"})");
    CHECK(outcome.message.find("nothing matches '*.log'") != std::string::npos);
    std::filesystem::create_symlink("nowhere", f.dir / "dangling.log");
    CHECK(f.bash(":", R"("outputs":{"logs":"*.log"})").code == FERRY_FAILED);
}

TEST_CASE("an output whose name is not UTF-8 cannot be handed on") {
    CommandFixture f;
    const TaskOutcome outcome = f.bash("touch $'bad\\xff.txt'", R"("outputs":{"o":"*.txt"})");
    CHECK(outcome.code == FERRY_FAILED);
    CHECK(outcome.message.find("is not UTF-8") != std::string::npos);
}

TEST_CASE("inputs must exist before the command starts") {
    CommandFixture f;
    f.dir.write("a.fq", "");
    CHECK(f.bash(":", R"("inputs":{"reads":"*.fq","one":["a.fq"]})").code == FERRY_OK);
    CHECK(f.bash(":", R"("inputs":["a.fq",["*.fq"]])").code == FERRY_OK);
    const TaskOutcome outcome = f.bash("touch started", R"("inputs":{"genome":"lambda.fa"})");
    CHECK(outcome.message == "input 'genome': there is no file '" + f.path("lambda.fa") + "'");
    CHECK_FALSE(std::filesystem::exists(f.dir / "started"));
}

TEST_CASE("an output that the command has not touched is warned of, whatever its time says") {
    CommandFixture f;
    f.dir.write("old.txt", "of an earlier run");
    const auto warnings = [&](const std::string& script) {
        f.logs.clear();
        REQUIRE(f.bash(script, R"("outputs":{"o":"old.txt"})").code == FERRY_OK);
        return std::count_if(f.logs.begin(), f.logs.end(), [](const std::string& line) {
            return line.starts_with("1 output 'o': the command has not written old.txt, which was there before");
        });
    };
    CHECK(warnings(":") == 1);
    CHECK(warnings("echo new > old.txt") == 0);
    CHECK(warnings("touch -d 2001-01-01 old.txt") == 0); // tools that keep times have written it all the same
    CHECK(warnings("rm old.txt; echo new > old.txt") == 0);
}

TEST_CASE("the last ten lines are told when a command fails") {
    CommandFixture f;
    CHECK(f.bash("seq 1 30; exit 1").code == FERRY_FAILED);
    REQUIRE(f.logs.size() == 10);
    CHECK(f.logs.front() == "0 | 21");
    CHECK(f.logs.back() == "0 | 30");
}

} // namespace ferry::test
