// `ferry batch` and `ferry validate --manifest`, with the program itself.
#include "batch_program.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <set>
#include <sstream>

namespace ferry::test {

using Poco::JSON::Object;

TEST_CASE("a document a row on standard output and in --outputs, a line a row on standard error") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran");
    ferry.dir.write("rows.csv", "sample\r\n1e5\r\n\"two\nlines\"\r\n\"\"\r\n");
    REQUIRE(ferry.batch({"--outputs", "o.ndjson", "--events", "e"}) == 0);
    const auto documents = ferry.documents(ferry.out());
    REQUIRE(documents.size() == 3);
    CHECK(documents.at(1)->getObject("vars")->getValue<std::string>("sample") == "1e5");
    CHECK(documents.at(2)->getObject("vars")->getValue<std::string>("sample") == "two\nlines");
    CHECK(documents.at(3)->getObject("vars")->getValue<std::string>("sample").empty());
    CHECK(read_file(ferry.dir / "o.ndjson") == ferry.out());
    CHECK(read_file(ferry.dir / "ran") == "1e5\ntwo\nlines\n\n");
    CHECK(ferry.tells("ferry: [row 2] done in "));
    CHECK(ferry.tells("ferry:   done                   3\n"));
    CHECK(ferry.err().find("[row 1 s]") == std::string::npos);
    CHECK(read_file(ferry.dir / "e").find("\"type\":\"run_started\",\"run_id\":\"") != std::string::npos);
    CHECK(read_file(ferry.dir / "e").find("\"row\":3,\"step\":\"s\"") != std::string::npos);
    CHECK(ferry.run({"batch", "w.json", "--manifest", "rows.csv", "--log-level", "debug"}) == 0);
    CHECK(ferry.tells("ferry: debug: [row 1 s] started (command)"));
}

TEST_CASE("values are data: nothing in a row runs, expands, escapes or breaks a line") {
    BatchProgram ferry;
    ferry.dir.write("w.json", R"({"name":"w","vars":{"v":null,"x":"EXPANDED"},"steps":[
      {"id":"s","task":"command","with":{"command":["printf","%s","${vars.v}"],"env":{"V":"${vars.v}"},
        "stdout":"out-${vars.x}","outputs":{"o":"out-${vars.x}"}}},
      {"id":"t","task":"command","needs":["s"],"with":{"command":["bash","-c","printf %s \"$V\" | cmp - out-EXPANDED"],
        "env":{"V":"${vars.v}"}}}]})");
    const std::vector<std::string> values = {"$(touch hit)",
                                             "`touch hit`",
                                             "; touch hit",
                                             "a\nb",
                                             "a\tb",
                                             "\x1B[31mred\x07",
                                             "../up",
                                             "-rf",
                                             "*",
                                             "[a-z]?",
                                             "${vars.x}",
                                             "${env.HOME}",
                                             "$${x}",
                                             "it's \"x\"",
                                             "=cmd|' /C calc'!A0",
                                             "\xE2\x80\xAEgpj",
                                             "null",
                                             "true",
                                             "{\"a\":1}",
                                             "\\",
                                             "a,b",
                                             "#c",
                                             "~",
                                             " lead"};
    std::string rows = "v\n";
    for (const std::string& value : values) {
        rows += '"';
        for (const char c : value)
            rows += c == '"' ? std::string("\"\"") : std::string(1, c);
        rows += "\"\n";
    }
    ferry.dir.write("rows.csv", rows);
    REQUIRE(ferry.batch({"--joblog", "j"}) == 0);
    CHECK_FALSE(std::filesystem::exists(ferry.dir / "hit"));
    const auto documents = ferry.documents(ferry.out());
    REQUIRE(documents.size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        CHECK(documents.at(static_cast<int>(i) + 1)->getObject("vars")->getValue<std::string>("v") == values[i]);
    const std::string joblog = read_file(ferry.dir / "j");
    CHECK(std::count(joblog.begin(), joblog.end(), '\n') == static_cast<std::ptrdiff_t>(values.size()) + 1);
    CHECK(std::count(joblog.begin(), joblog.end(), '\t') == 8 * (static_cast<std::ptrdiff_t>(values.size()) + 1));
    for (const std::string& text : {joblog, ferry.err(), ferry.out()}) {
        CHECK(text.find('\x1B') == std::string::npos);
        CHECK(text.find('\x07') == std::string::npos);
    }
    // All of them are known again.
    REQUIRE(ferry.batch({"--joblog", "j", "--resume"}) == 0);
    CHECK(ferry.out().empty());
    CHECK(ferry.tells("done before           24"));
}

TEST_CASE("a value in a path is that name: no glob, and it leaves a folder only where the workflow lets it") {
    BatchProgram ferry;
    ferry.dir.write("w.json", R"({"name":"w","vars":{"v":null},"steps":[{"id":"s","task":"command",
      "with":{"command":["bash","-c","touch -- \"d/$V.txt\""],"env":{"V":"${vars.v}"},"outputs":{"o":"d/${vars.v}.txt"}}}]})");
    std::filesystem::create_directory(ferry.dir / "d");
    ferry.dir.write("d/other.txt", "");
    ferry.dir.write("rows.csv", "v\n*\n[a-z]\n-n\n");
    REQUIRE(ferry.batch() == 0);
    CHECK(ferry.documents(ferry.out())
              .at(1)
              ->getObject("steps")
              ->getObject("s")
              ->getObject("outputs")
              ->getValue<std::string>("o") == (ferry.dir / "d/*.txt").string());
}

TEST_CASE("everything wrong with the rows is told before anything runs: exit code 2") {
    BatchProgram ferry;
    ferry.step("touch ran");
    ferry.dir.write("rows.csv", "sample\na,b\n\"x\"y\nfine\n");
    for (const char* command : {"batch", "validate"}) {
        CHECK(ferry.run({command, "w.json", "--manifest", "rows.csv"}) == 2);
        CHECK(ferry.tells("rows.csv:2: row 1 has 2 cells"));
        CHECK(ferry.tells("rows.csv:3:4: text behind a closing quote"));
    }
    ferry.dir.write("rows.csv", "sampel\na\n");
    CHECK(ferry.batch() == 2);
    CHECK(ferry.tells("did you mean \"sample\"?"));
    CHECK(ferry.batch({"--var", "sample=x"}) == 2);
    ferry.dir.write("rows.csv", "sample\na\n");
    CHECK(ferry.batch({"--var", "sample=x"}) == 2);
    CHECK(ferry.tells("given by --var, too"));
    CHECK(ferry.run({"batch", "w.json"}) == 2);
    CHECK(ferry.tells("needs --manifest"));
    CHECK(ferry.run({"batch", "w.json", "--manifest", "rows.xlsx"}) == 2);
    CHECK(ferry.tells("name it .csv, .tsv, .jsonl or .ndjson"));
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"--halt", "later"},
                                               {"--shard", "3/2"},
                                               {"--shard", "slurm"},
                                               {"--resume", "--resume-failed"},
                                               {"--jobs", "0"},
                                               {"--joblog", "rows.csv"},
                                               {"--outputs", "w.json"},
                                               {"--outputs", "x", "--joblog", "x"},
                                               {"--events", "rows.csv"}})
        CHECK(ferry.batch(words) == 2);
    CHECK_FALSE(std::filesystem::exists(ferry.dir / "ran"));
    CHECK(read_file(ferry.dir / "rows.csv") == "sample\na\n");
    CHECK(ferry.run({"validate", "w.json", "--manifest", "rows.csv"}) == 0);
    CHECK(ferry.tells("no errors in 1 step and 1 row"));
    ferry.dir.write("rows.csv", "sample\n");
    CHECK(ferry.batch() == 0);
    CHECK(ferry.tells("has no rows: nothing is run"));
}

TEST_CASE("a failed check leaves the joblog of the batch before alone") {
    BatchProgram ferry;
    ferry.step("true");
    ferry.dir.write("rows.csv", "sample\na\n");
    REQUIRE(ferry.batch({"--joblog", "j"}) == 0);
    const std::string before = read_file(ferry.dir / "j");
    ferry.dir.write("rows.csv", "nope\na\n");
    CHECK(ferry.batch({"--joblog", "j"}) == 2);
    CHECK(read_file(ferry.dir / "j") == before);
}

TEST_CASE("some failed: 5, and --resume-failed runs those; all failed: 1") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran; test ! -e \"bad-$S\"");
    ferry.dir.write("rows.csv", "sample\na\nb\nc\nd\n");
    ferry.dir.write("bad-b", "");
    ferry.dir.write("bad-d", "");
    CHECK(ferry.batch() == 5);
    CHECK(ferry.tells("2 rows failed: s: exit (rows 2 and 4), row 2: the command 'bash' ended with exit code 1"));
    CHECK(ferry.tells("ferry batch w.json --manifest rows.csv --resume-failed\n"));
    CHECK(ferry.tells("failed                 2"));
    // --resume goes on behind what has ended: failed rows stay failed.
    CHECK(ferry.batch({"--resume"}) == 5);
    CHECK(ferry.out().empty());
    std::filesystem::remove(ferry.dir / "bad-b");
    CHECK(ferry.batch({"--resume-failed"}) == 5);
    CHECK(ferry.documents(ferry.out()).size() == 2);
    std::filesystem::remove(ferry.dir / "bad-d");
    // Sorted anew, with a row more.
    ferry.dir.write("rows.csv", "sample\nd\nnew\nb\na\nc\n");
    CHECK(ferry.batch({"--resume-failed"}) == 0);
    CHECK(read_file(ferry.dir / "ran") == "a\nb\nc\nd\nb\nd\nd\nnew\n");
    for (const char* sample : {"a", "b", "c", "d", "new"})
        ferry.dir.write("bad-" + std::string(sample), "");
    CHECK(ferry.batch() == 1);
}

TEST_CASE("a row that is run again repeats no step that succeeded") {
    BatchProgram ferry;
    const std::string step = R"("task":"command","with":{"env":{"S":"${vars.sample}"},"command":["bash","-c",)";
    ferry.dir.write("w.json", R"({"name":"w","vars":{"sample":null},"steps":[{"id":"align",)" + step +
                                  to_json(std::string("echo $S >> aligned")) +
                                  R"(]}},{"id":"publish","needs":["align"],)" + step +
                                  to_json(std::string("[ $S != b ] || [ -e mended ]")) + "]}}]}");
    ferry.dir.write("rows.csv", "sample\na\nb\n");
    CHECK(ferry.batch() == 5);
    ferry.dir.write("mended", "");
    CHECK(ferry.batch({"--resume-failed", "--events", "e", "--log-level", "debug"}) == 0);
    CHECK(read_file(ferry.dir / "aligned") == "a\nb\n");
    CHECK(ferry.tells("[row 2 align] cached: done in run "));
    CHECK(read_file(ferry.dir / "e").find("\"from_run\":\"") != std::string::npos);
    const auto rows = ferry.documents(ferry.out());
    REQUIRE(rows.size() == 1);
    const auto status = [&](const char* id) {
        return rows.at(2)->getObject("steps")->getObject(id)->getValue<std::string>("status");
    };
    CHECK(status("align") == "cached");
    CHECK(status("publish") == "succeeded");
}

TEST_CASE("--shard: each row in one, each shard with its joblog") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran");
    ferry.dir.write("rows.csv", "sample\n1\n2\n3\n4\n5\n");
    CHECK(ferry.batch({"--shard", "2/2", "--joblog", "x.joblog"}) == 0);
    CHECK(read_file(ferry.dir / "ran") == "2\n4\n");
    CHECK(ferry.rows_of_joblog("x.2-of-2.joblog") == "2 4");
    ferry.in_child = [] {
        ::setenv("SLURM_ARRAY_TASK_ID", "10", 1);
        ::setenv("SLURM_ARRAY_TASK_MIN", "10", 1);
        ::setenv("SLURM_ARRAY_TASK_MAX", "11", 1);
        ::setenv("SLURM_ARRAY_TASK_COUNT", "2", 1);
    };
    CHECK(ferry.batch({"--shard", "slurm", "--joblog", "x.joblog"}) == 0);
    CHECK(ferry.rows_of_joblog("x.1-of-2.joblog") == "1 3 5");
    ferry.in_child = [] {
        ::setenv("SLURM_ARRAY_TASK_ID", "7", 1);
        ::setenv("SLURM_ARRAY_TASK_MIN", "1", 1);
        ::setenv("SLURM_ARRAY_TASK_MAX", "9", 1);
        ::setenv("SLURM_ARRAY_TASK_COUNT", "3", 1);
    };
    CHECK(ferry.batch({"--shard", "slurm"}) == 2);
    CHECK(ferry.tells("the array has gaps"));
}

TEST_CASE("rows that are the same: as many runs as there are rows, however often the table changes") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran");
    ferry.dir.write("rows.csv", "sample\na\nother\na\n");
    REQUIRE(ferry.batch() == 0);
    ferry.dir.write("rows.csv", "sample\na\na\na\na\n");
    for (int i = 0; i < 3; ++i)
        CHECK(ferry.batch({"--resume"}) == 0);
    CHECK(read_file(ferry.dir / "ran") == "a\nother\na\na\na\n");
}

TEST_CASE("--halt soon and now") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran; test \"$S\" != b");
    ferry.dir.write("rows.csv", "sample\na\nb\nc\nd\n");
    CHECK(ferry.batch({"--halt", "soon"}) == 5);
    CHECK(read_file(ferry.dir / "ran") == "a\nb\n");
    CHECK(ferry.tells("not started            2"));
    CHECK(ferry.batch({"--resume-failed"}) == 5);
    CHECK(read_file(ferry.dir / "ran") == "a\nb\nb\nc\nd\n");
    ferry.step("if test \"$S\" = long; then touch begun; exec sleep 100; fi; until test -e begun; do :; done; exit 3");
    ferry.dir.write("rows.csv", "sample\nlong\nshort\nnever\n");
    CHECK(ferry.batch({"--halt", "now", "--jobs", "2"}) == 1);
    CHECK(ferry.tells("stopped                1"));
    CHECK(ferry.tells("not started            1"));
}

TEST_CASE("a signal stops the rows in order, and --resume goes on with them") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran; if test \"$S\" = b -a ! -e go; then touch begun; exec sleep 100; fi");
    ferry.dir.write("rows.csv", "sample\na\nb\nc\n");
    ferry.start({"batch", "w.json", "--manifest", "rows.csv", "--joblog", "j"});
    ferry.await("begun");
    ::kill(ferry.pid, SIGTERM);
    CHECK(ferry.wait() == 128 + SIGTERM);
    CHECK(ferry.documents(ferry.out()).at(2)->getValue<std::string>("status") == "interrupted");
    CHECK(read_file(ferry.dir / "j").find("\t143\t15\tferry run w.json --var sample=b\n") != std::string::npos);
    CHECK(
        ferry.tells("to go on, once the cause is gone: ferry batch w.json --manifest rows.csv --joblog j --resume\n"));
    ferry.dir.write("go", "");
    CHECK(ferry.batch({"--joblog", "j", "--resume"}) == 0);
    CHECK(read_file(ferry.dir / "ran") == "a\nb\nb\nc\n");
}

TEST_CASE("a joblog that takes no more ends the batch in order, and what it lacks is run again") {
    BatchProgram ferry;
    ferry.step("echo $S >> ran");
    std::string rows = "sample\n";
    for (int row = 1; row <= 40; ++row)
        rows += std::to_string(row) + "\n";
    ferry.dir.write("rows.csv", rows);
    ferry.in_child = [] {
        const rlimit limit{1000, 1000}; // bytes of any file, as if the disk were full
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::dup2(::open("/dev/null", O_WRONLY), 1);
    };
    CHECK(ferry.batch({"--log-level", "warn", "--joblog", "j"}) == 1);
    CHECK(ferry.tells("the joblog 'j' cannot be written"));
    CHECK(ferry.tells("] it could not be kept in the joblog, so --resume runs it again\n"));
    CHECK(ferry.tells("no other row is started"));
    ferry.in_child = {};
    CHECK(ferry.batch({"--resume", "--joblog", "j"}) == 0);
    std::istringstream ran(read_file(ferry.dir / "ran"));
    std::multiset<int> numbers;
    for (int number = 0; ran >> number;)
        numbers.insert(number);
    CHECK(numbers.size() == 41); // one row twice: the one whose line was lost
    CHECK(std::set<int>(numbers.begin(), numbers.end()).size() == 40);
}

TEST_CASE("a joblog is used by one batch at a time") {
    BatchProgram ferry;
    ferry.step("touch begun; until test -e go; do sleep 0.01; done");
    ferry.dir.write("rows.csv", "sample\na\n");
    ferry.start({"batch", "w.json", "--manifest", "rows.csv"});
    ferry.await("begun");
    const pid_t first = ferry.pid;
    CHECK(ferry.batch() == 2);
    CHECK(ferry.tells("is in use: another ferry batch writes to it"));
    ferry.dir.write("go", "");
    ferry.pid = first;
    CHECK(ferry.wait() == 0);
}

TEST_CASE("results that nobody reads end the batch in order: exit code 1") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran");
    ferry.dir.write("rows.csv", "sample\na\nb\nc\n");
    ferry.in_child = [] { ::dup2(::open("/dev/full", O_WRONLY), 1); };
    CHECK(ferry.batch({"--outputs", "o", "--joblog", "j"}) == 1);
    CHECK(read_file(ferry.dir / "ran") == "a\n");
    CHECK(ferry.tells("the result cannot be written to standard output: No space left on device\n"));
    CHECK(ferry.tells("no other row is started: results can no longer be handed over"));
    CHECK(ferry.tells("[row 1] its document could not be handed over"));
    CHECK(ferry.tells("--resume\n"));
    CHECK(ferry.rows_of_joblog("j").empty());
    CHECK(ferry.documents(read_file(ferry.dir / "o")).size() == 1);
    ferry.in_child = {};
    CHECK(ferry.batch({"--outputs", "o", "--joblog", "j", "--resume"}) == 0);
    CHECK(ferry.documents(ferry.out()).size() == 3);
    CHECK(ferry.documents(read_file(ferry.dir / "o")).size() == 3);
}

TEST_CASE("a dry run: the graph once, the first rows, totals; nothing is made") {
    BatchProgram ferry;
    ferry.step("touch ran");
    std::string rows = "sample\n";
    for (int i = 1; i <= 30; ++i)
        rows += "S" + std::to_string(i) + "\n";
    ferry.dir.write("rows.csv", rows);
    REQUIRE(ferry.batch({"--dry-run", "--outputs", "o", "--joblog", "j"}) == 0);
    CHECK(ferry.out().find("w: 1 step a row\n  s (command)\n30 rows: 30 to run (30 steps), 0 done before\n") == 0);
    CHECK(ferry.out().find("row 20: ferry run w.json --var sample=S20\ns: command\n") != std::string::npos);
    CHECK(ferry.out().find("{\"S\":\"S20\"}") != std::string::npos);
    CHECK(ferry.out().find("row 21") == std::string::npos);
    CHECK(ferry.out().find("and 10 rows more\n") != std::string::npos);
    for (const char* name : {"ran", "o", "o.partial", "j", ".ferry"})
        CHECK_FALSE(std::filesystem::exists(ferry.dir / name));
    ferry.dir.write("rows.csv", "sample\nS1\n");
    REQUIRE(ferry.batch({"--joblog", "j"}) == 0);
    ferry.dir.write("rows.csv", "sample\nS1\nS2\n");
    REQUIRE(ferry.batch({"--dry-run", "--resume", "--joblog", "j"}) == 0);
    CHECK(ferry.out().find("more\n") == std::string::npos);
    CHECK(ferry.out().find("2 rows: 1 to run (1 step), 1 done before\n") != std::string::npos);
    CHECK(ferry.out().find("row 1: done before\n") != std::string::npos);
}

TEST_CASE("TSV and JSON lines, a plugin's task, and a plugin that cannot be loaded") {
    BatchProgram ferry;
    ferry.dir.write("w.json", R"({"name":"w","vars":{"who":null},"steps":[{"id":"h","task":"hello",
      "with":{"name":"${vars.who}"}}]})");
    ferry.dir.write("rows.tsv", "who\n\"Ada\"\n");
    REQUIRE(ferry.run({"batch", "w.json", "--manifest", "rows.tsv", "--plugin-dir", HELLO_PLUGINS}) == 0);
    CHECK(ferry.out().find(R"(Hello, \"Ada\"!)") != std::string::npos);
    ferry.dir.write("rows.jsonl", "{\"who\":\"Bob\"}\n");
    REQUIRE(ferry.run({"batch", "w.json", "--manifest", "rows.jsonl", "--plugin-dir", HELLO_PLUGINS}) == 0);
    CHECK(ferry.out().find("Hello, Bob!") != std::string::npos);
    ferry.dir.write("plugins/broken.so", "no library");
    std::filesystem::permissions(ferry.dir / "plugins", std::filesystem::perms(0755));
    std::filesystem::permissions(ferry.dir / "plugins/broken.so", std::filesystem::perms(0644));
    ferry.dir.write("v.json", R"({"name":"v","vars":{"who":""},"steps":[{"id":"h","task":"zzz","with":{}}]})");
    CHECK(ferry.run({"batch", "v.json", "--manifest", "rows.tsv", "--plugin-dir", "plugins"}) == 3);
    CHECK(ferry.tells("there is no task \"zzz\""));
}

} // namespace ferry::test
