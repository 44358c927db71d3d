#include "batch/row_check.hpp"
#include "batch/row_text.hpp"
#include "fake_tasks.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace ferry;
using test::FakeTasks;
using test::TempDir;

namespace {

constexpr const char* kWorkflow = R"({"name":"w","vars":{"sample":null,"mode":"fail","count":"1"},"steps":[
  {"id":"s","task":"command","with":{"command":["run","${vars.sample}"],"env":{"COUNT":"${vars.count}"}}},
  {"id":"u","task":"upload","needs":["s"],"with":{"project":"me/p","files":["x"],"conflict":"${vars.mode}"}}]})";

struct Checked {
    TempDir dir;
    FakeTasks tasks;
    std::map<std::string, std::string> vars;
    Shard shard;
    Resume resume = Resume::no;
    bool every_row = false;
    std::size_t most_told = 100;
    std::string workflow_text = kWorkflow;

    RowCheckResult check(const std::string& rows, const KnownRows& known = {}, const char* name = "r.csv") {
        Diagnostics problems;
        const auto workflow = WorkflowTemplate::read(dir.write("w.json", workflow_text), tasks.registry(), problems);
        REQUIRE(workflow);
        auto manifest = Manifest::open(dir.write(name, rows));
        LoadRequest load;
        load.vars = vars;
        RowCheckRequest request{*workflow, *std::get<std::unique_ptr<Manifest>>(manifest), load};
        request.shard = shard;
        request.resume = resume;
        request.every_row = every_row;
        request.most_told = most_told;
        return check_rows(request, known);
    }
};

// The errors, a line each, with how many rows have it.
std::string told(const RowCheckResult& result) {
    std::string text;
    for (const auto& problem : result.errors.problems())
        text +=
            problem.place.substr(problem.place.find("r.csv") == std::string::npos ? 0 : problem.place.find("r.csv")) +
            problem.text + " x" + std::to_string(problem.count) + "\n";
    return text;
}

bool says(const RowCheckResult& result, const std::string& text) {
    const bool found = told(result).find(text) != std::string::npos;
    if (!found)
        MESSAGE(told(result));
    return found;
}

} // namespace

TEST_CASE("fine rows") {
    Checked rows;
    const RowCheckResult result = rows.check("sample,mode\na,skip\nb,\"fail\"\n");
    CHECK(told(result) == "");
    CHECK(result.rows == 2);
    CHECK(result.to_run == 2);
}

TEST_CASE("names of columns: unknown, given twice, missing") {
    Checked rows;
    CHECK(says(rows.check("sampel\na\nb\n"),
               "r.csv:1: the column \"sampel\" is no variable of the workflow; did you mean \"sample\"?"));
    CHECK(says(rows.check("mode\nskip\n"), "the variable \"sample\" has no value; needed: a column of that name"));
    rows.vars = {{"sample", "x"}, {"nope", "1"}};
    const RowCheckResult result = rows.check("sample\na\n");
    CHECK(says(result, "the column \"sample\" is given by --var, too"));
    CHECK(says(result, "--var \"nope\" is no variable of the workflow"));
    rows.vars = {{"sample", "x"}};
    CHECK(told(rows.check("mode\nskip\n")) == "");
    CHECK(says(rows.check("mode,typo\n"), "\"typo\"")); // a header alone, too
}

TEST_CASE("rows of JSON lines bring their own names") {
    Checked rows;
    const RowCheckResult result =
        rows.check("{\"sample\":\"a\"}\n{\"mode\":\"skip\"}\n{\"sample\":\"b\",\"mode\":\"skip\"}\n{\"mode\":\"x\"}\n",
                   {}, "r.jsonl");
    REQUIRE(result.errors.problems().size() == 1);
    CHECK(result.errors.problems()[0].first == std::vector<std::uint64_t>{2, 4});
    CHECK(result.errors.problems()[0].place.find("r.jsonl:2: ") != std::string::npos);
}

TEST_CASE("each row's values are checked; the same words are told once") {
    Checked rows;
    const RowCheckResult result = rows.check("sample,mode\na,skip\nb,nonsense\nc,skip\nd,nonsense\ne,other\n");
    CHECK(says(result, "r.csv:3: "));
    CHECK(says(result, "nonsense"));
    CHECK(says(result, " x2\n"));
    CHECK(says(result, "other"));
    CHECK(result.wrong_rows == 3);
}

TEST_CASE("form and values of all rows in one go, and never more told than wanted") {
    Checked rows;
    const RowCheckResult result = rows.check("sample,mode\na\nb,nonsense\nc,\"x\"y\n");
    CHECK(says(result, ":2: row 1 has 1 cell"));
    CHECK(says(result, "nonsense"));
    CHECK(says(result, ":4:6: text behind a closing quote"));
    std::string many = "sample,mode\n";
    for (int i = 0; i < 50; ++i)
        many += "a,mode" + std::to_string(i) + "\n";
    rows.most_told = 10;
    const RowCheckResult bounded = rows.check(many);
    CHECK(bounded.errors.problems().size() == 10);
    CHECK(bounded.errors.not_kept() == 40);
}

TEST_CASE("a row that is only like others is still found, whatever it is like") {
    for (const bool every_row : {false, true}) {
        Checked rows;
        rows.every_row = every_row;
        std::string text = "sample,mode\n";
        for (int i = 0; i < 300; ++i)
            text += "S" + std::to_string(i) + (i == 222 ? ",nonsense\n" : ",skip\n");
        const RowCheckResult result = rows.check(text);
        CHECK(result.wrong_rows == 1);
        CHECK(says(result, "r.csv:224: "));
        CHECK(result.rows == 300);
    }
}

TEST_CASE("of the rows of a shard, those that are to run") {
    Checked rows;
    KnownRows known;
    for (const char* sample : {"a", "c"})
        known.add({1, "h", 0, 0, 0, 0, row_command("w.json", {{"sample", sample}})});
    known.add({1, "h", 0, 0, 1, 0, row_command("w.json", {{"sample", "e"}})});
    known.seal();
    const std::string text = "sample\na\nb\nc\nd\ne\nf\n";
    rows.shard = {1, 2};
    RowCheckResult result = rows.check(text, known);
    CHECK(result.mine == 3);
    CHECK(result.to_run == 3);
    rows.resume = Resume::unfinished;
    result = rows.check(text, known);
    CHECK(result.done_before == 2);
    CHECK(result.failed_before == 1);
    CHECK(result.to_run == 0);
    rows.resume = Resume::failed_too;
    CHECK(rows.check(text, known).to_run == 1);
}

TEST_CASE("a token in a row is refused, and not told") {
    ::setenv("SB_AUTH_TOKEN", "very-secret-value", 1);
    Checked rows;
    const RowCheckResult result = rows.check("sample\nvery-secret-value\n");
    ::unsetenv("SB_AUTH_TOKEN");
    CHECK(says(result, "the value of \"sample\" is a token"));
    CHECK(told(result).find("very-secret") == std::string::npos);
}

TEST_CASE("a token is refused wherever it is named: in the workflow, by a row, by a later row") {
    const auto upload = [](const std::string& token_env) {
        return R"({"name":"w","vars":{"sample":null,"in":"FIRST"},"steps":[
          {"id":"u","task":"upload","with":{"project":"me/p","files":["${vars.sample}"],"token_env":")" +
               token_env + "\"}}]}";
    };
    ::setenv("FIRST_OF_TWO", "very-secret-value", 1);
    ::setenv("OTHER_OF_TWO", "another-secret-value", 1);
    Checked rows;
    rows.workflow_text = upload("FIRST_OF_TWO");
    CHECK(says(rows.check("sample\nvery-secret-value\n"), "the value of \"sample\" is a token"));
    rows.workflow_text = upload("${vars.in}_OF_TWO");
    const RowCheckResult result =
        rows.check("sample,in\na,FIRST\nanother-secret-value,FIRST\nb,FIRST\nc,OTHER\nvery-secret-value,OTHER\n");
    CHECK(says(result, "the value of \"sample\" is a token"));
    REQUIRE(result.errors.problems().size() == 1);
    CHECK(result.errors.problems()[0].first == std::vector<std::uint64_t>{2, 5});
    CHECK(result.token_variables == std::set<std::string>{"SB_AUTH_TOKEN", "FIRST_OF_TWO", "OTHER_OF_TWO"});
    rows.vars = {{"in", "OTHER"}};
    CHECK(says(rows.check("sample\nanother-secret-value\n"), "is a token"));
    ::unsetenv("FIRST_OF_TWO");
    ::unsetenv("OTHER_OF_TWO");
}

TEST_CASE("a row that no line of the joblog could give back is refused") {
    Checked rows;
    const std::string long_text(5u << 20, '\x01'); // four bytes each as a command
    const RowCheckResult result = rows.check("sample\na\n" + long_text + "\n");
    CHECK(says(result, "r.csv:3: the row is too long: written as a command, it has to fit into 16 MiB"));
    CHECK(result.wrong_rows == 1);
}
