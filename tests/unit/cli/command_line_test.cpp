#include "cli/command.hpp"

#include "batch/row_text.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <thread>

namespace ferry::test {
namespace {

using Arguments = std::vector<std::string>;

std::string refusal(const Arguments& arguments) {
    const Command command = parse_command_line(arguments);
    const auto* error = std::get_if<UsageError>(&command);
    return error ? error->message : "(accepted)";
}

template <typename Kind> Kind accepted(const Arguments& arguments) {
    const Command command = parse_command_line(arguments);
    if (const auto* error = std::get_if<UsageError>(&command))
        FAIL(error->message);
    REQUIRE(std::holds_alternative<Kind>(command));
    return std::get<Kind>(command);
}

} // namespace

TEST_CASE("run") {
    const TempDir dir;
    const auto command = accepted<RunCommand>(
        {"run", "w.json", "--var", "a=1=2", "--var=b=", "--jobs", "7", "--dry-run", "--plugin-dir", dir.path().string(),
         "--state-dir", "s", "--outputs", "o", "--events=e", "--progress", "none", "--log-level", "debug"});
    CHECK(command.workflow == "w.json");
    CHECK(command.vars == std::map<std::string, std::string>{{"a", "1=2"}, {"b", ""}});
    CHECK(command.jobs == 7);
    CHECK(command.dry_run);
    CHECK(command.common.plugin_dirs == Arguments{dir.path().string()});
    CHECK(command.common.state_dir == "s");
    CHECK(command.common.outputs == "o");
    CHECK(command.common.events == "e");
    CHECK(command.common.progress == ProgressMode::none);
    CHECK(command.common.log_level == FERRY_LOG_DEBUG);
}

TEST_CASE("defaults") {
    const auto command = accepted<RunCommand>({"run", "w.json"});
    CHECK(command.common.state_dir == ".ferry");
    CHECK(command.common.progress == ProgressMode::automatic);
    CHECK(command.common.log_level == FERRY_LOG_INFO);
    CHECK(command.jobs == std::max(1u, std::thread::hardware_concurrency()));
    CHECK_FALSE(command.dry_run);
}

TEST_CASE("task, validate and tasks") {
    const auto task =
        accepted<TaskCommand>({"task", "upload", "--set", "a.b=1", "--set", "files=[\"x\"]", "--with", "f"});
    CHECK(task.task == "upload");
    CHECK(task.with == "f");
    CHECK(task.sets.size() == 2);
    CHECK(task.sets[0] == std::pair<std::string, std::string>{"a.b", "1"});
    CHECK(accepted<ValidateCommand>({"validate", "w.json", "--var", "x=y"}).vars.at("x") == "y");
    CHECK(accepted<TasksCommand>({"tasks"}).task.empty());
    CHECK(accepted<TasksCommand>({"tasks", "upload", "--json"}).json);
}

TEST_CASE("a batch") {
    const auto plain = accepted<BatchCommand>({"batch", "w.json", "--manifest", "r.csv"});
    CHECK(plain.workflow == "w.json");
    CHECK(plain.manifest == "r.csv");
    CHECK(plain.jobs == 1);
    CHECK(plain.halt == Halt::never);
    CHECK(plain.resume == Resume::no);
    const auto full =
        accepted<BatchCommand>({"batch", "w.json", "--manifest=r.csv", "--jobs", "8", "--shard", "2/4", "--joblog", "j",
                                "--halt", "soon", "--resume-failed", "--var", "x=1", "--dry-run"});
    CHECK(full.jobs == 8);
    CHECK(full.shard == "2/4");
    CHECK(full.joblog == "j");
    CHECK(full.halt == Halt::soon);
    CHECK(full.resume == Resume::failed_too);
    CHECK(full.vars.at("x") == "1");
    CHECK(full.dry_run);
    CHECK(accepted<BatchCommand>({"batch", "w", "--manifest", "r", "--resume"}).resume == Resume::unfinished);
    CHECK(accepted<ValidateCommand>({"validate", "w.json", "--manifest", "r.csv"}).manifest == "r.csv");
    CHECK(refusal({"batch", "w.json"}) == "ferry batch needs --manifest ROWS.csv, whose rows it runs");
    CHECK(refusal({"batch", "w", "--manifest", "r", "--halt", "son"}).find("did you mean soon?") != std::string::npos);
    CHECK(refusal({"batch", "w", "--manifest", "r", "--resume", "--resume-failed"}).find("exclude each other") !=
          std::string::npos);
}

TEST_CASE("help and version, before and after the command") {
    CHECK(accepted<PrintCommand>({"--version"}).text.find("ferry ") == 0);
    CHECK(accepted<PrintCommand>({"--help"}).text.find("ferry validate WORKFLOW.json") != std::string::npos);
    for (const char* name : {"run", "batch", "task", "validate", "tasks"}) {
        const std::string help = accepted<PrintCommand>({name, "--help"}).text;
        CHECK(help.find("--plugin-dir DIR") != std::string::npos);
        CHECK(help.find(std::string("ferry ") + name) == 0);
    }
}

TEST_CASE("each help fits a screen of 24 lines of 80 columns, and has an example that the parser takes") {
    for (const Arguments& arguments : std::vector<Arguments>{{"--help"},
                                                             {"run", "--help"},
                                                             {"batch", "--help"},
                                                             {"task", "--help"},
                                                             {"validate", "--help"},
                                                             {"tasks", "--help"},
                                                             {"completion", "--help"}}) {
        const std::string help = accepted<PrintCommand>(arguments).text;
        INFO(help);
        CHECK(std::count(help.begin(), help.end(), '\n') <= 24);
        std::istringstream lines(help);
        for (std::string line; std::getline(lines, line);)
            CHECK(line.size() <= 80);
        const std::size_t example = help.find("Example: ");
        REQUIRE(example != std::string::npos);
        const std::string line = help.substr(example + 9, help.find('\n', example) - example - 9);
        if (!line.starts_with("ferry "))
            continue; // a shell's own
        auto words = shell_words(line);
        REQUIRE(words);
        words->erase(words->begin());
        const Command command = parse_command_line(*words);
        CHECK_FALSE(std::holds_alternative<UsageError>(command));
    }
}

TEST_CASE("completion prints the script of a shell") {
    CHECK(accepted<PrintCommand>({"completion", "bash"}).text.find("complete -F _ferry ferry\n") != std::string::npos);
    CHECK(accepted<PrintCommand>({"completion", "zsh"}).text.starts_with("#compdef ferry\n"));
    CHECK(accepted<PrintCommand>({"completion", "fish"}).text.find("complete -c ferry") != std::string::npos);
    CHECK(refusal({"completion"}) == "ferry completion needs an argument: ferry completion bash|zsh|fish");
    CHECK(refusal({"completion", "fisch"}) ==
          "there is no completion for 'fisch'; there is for bash, zsh and fish; did you mean fish?");
    CHECK(refusal({"completion", "bash", "--jobs", "1"}).find("has no option '--jobs'") != std::string::npos);
    CHECK(accepted<CompleteCommand>({"__complete", "run", "--help"}).words == Arguments{"run", "--help"});
}

TEST_CASE("what is wrong is said in one sentence, with the nearest known name") {
    CHECK(refusal({}) == "no command given");
    CHECK(refusal({"runn"}) == "ferry has no command 'runn'; did you mean run?");
    CHECK(refusal({"--versio"}) == "ferry has no option '--versio' before the command; did you mean --version?");
    CHECK(refusal({"run", "w.json", "--job", "2"}) == "ferry run has no option '--job'; did you mean --jobs?");
    CHECK(refusal({"run", "w.json", "--resum"}) == "ferry run has no option '--resum'; did you mean --resume?");
    CHECK(refusal({"task", "upload", "--resume"}) == "ferry task has no option '--resume'");
    CHECK(refusal({"run", "w.json", "--from", "a", "--only", "b"}) ==
          "--from and --only exclude each other; give one of the two");
    CHECK(refusal({"run", "w.json", "--only", ""}) == "--only is empty");
    CHECK(refusal({"bundle", "w.json"}).find("ferry has no command 'bundle'") == 0);
    CHECK(refusal({"run"}) == "ferry run needs an argument: ferry run WORKFLOW.json [options]");
    CHECK(refusal({"run", "a", "b"}).find("takes one argument") != std::string::npos);
    CHECK(refusal({"run", "a", "--var", "novalue"}) == "--var 'novalue' is no NAME=VALUE");
    CHECK(refusal({"run", "a", "--var", "=x"}) == "--var '=x' is no NAME=VALUE");
    CHECK(refusal({"run", "a", "--var", "x=1", "--var", "x=2"}) == "--var 'x' is given twice");
    CHECK(refusal({"run", "a", "--var", "x=\xff"}).find("is not UTF-8") != std::string::npos);
    for (const char* jobs : {"0", "-1", "1025", "two", "1.5", "3 ", "99999999999999999999"})
        CHECK(refusal({"run", "a", "--jobs", jobs}).find("is no number from 1 to 1024") != std::string::npos);
    CHECK(refusal({"run", "a", "--progress", "plan"}) ==
          "--progress 'plan' is unknown; allowed are auto, bar, plain or none; did you mean plain?");
    CHECK(refusal({"run", "a", "--log-level", "loud"}).find("allowed are error, warn, info or debug") !=
          std::string::npos);
    CHECK(refusal({"run", "a", "--plugin-dir", "/nonexistent/ferry"}) ==
          "--plugin-dir '/nonexistent/ferry' is no folder");
    CHECK(refusal({"run", "a", "--state-dir", ""}) == "--state-dir is empty");
    CHECK(refusal({"run", "a", "--jobs"}).find("ferry run: ") == 0);
    CHECK(refusal({"run", "a", "--jobs", "1", "--jobs", "2"}).find("ferry run: ") == 0);
    CHECK(refusal({"task", "t", "--set", "novalue"}).find("--set 'novalue'") == 0);
    CHECK(refusal({"run", "a\x1b[31m", "--odd\x1b[31m"}).find('\x1b') == std::string::npos);
}

} // namespace ferry::test
