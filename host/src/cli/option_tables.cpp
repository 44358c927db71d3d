#include "cli/option_tables.hpp"

#include "cli/command.hpp"
#include "ferry_version.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <sstream>

namespace ferry {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

CommandTable table(std::string name, std::string synopsis, std::string summary, const char* positional,
                   bool required = true) {
    CommandTable made;
    made.name = std::move(name);
    made.synopsis = std::move(synopsis);
    made.summary = std::move(summary);
    made.positional.add(positional, 1);
    made.positional_name = positional;
    made.positional_required = required;
    return made;
}

void add_vars(CommandTable& to) {
    to.own.add_options()("var", po::value<Texts>()->value_name("NAME=VALUE"),
                         "set a variable that the workflow declares; repeatable");
}

CommandTable run_table() {
    CommandTable made = table("run", "WORKFLOW.json [options]",
                              "run a workflow; the outputs document goes to standard output", "workflow");
    add_vars(made);
    made.own.add_options()("jobs", po::value<std::string>()->value_name("N"),
                           "steps at once, 1 to 1024; default: the number of processors");
    made.own.add_options()("resume", "repeat no step that has succeeded before and whose files are unchanged");
    made.own.add_options()("from", po::value<std::string>()->value_name("STEP"),
                           "run this step and all that need it; the others must have succeeded before");
    made.own.add_options()("only", po::value<std::string>()->value_name("STEP"),
                           "run this step alone; those that it needs must have succeeded before");
    made.own.add_options()("dry-run", "say what would be done, change nothing");
    return made;
}

void add_manifest(CommandTable& to, const char* text) {
    to.own.add_options()("manifest", po::value<std::string>()->value_name("ROWS.csv"), text);
}

CommandTable batch_table() {
    CommandTable made = table("batch", "WORKFLOW.json --manifest ROWS.csv [options]",
                              "run a workflow for each row of a table; an outputs document a row", "workflow");
    add_manifest(made, "the rows: .csv, .tsv, .jsonl or .ndjson; columns set variables that the workflow declares");
    add_vars(made);
    const auto text = [&made](const char* name, const char* value, const char* help) {
        made.own.add_options()(name, po::value<std::string>()->value_name(value), help);
    };
    text("jobs", "N", "rows at once, 1 to 1024; default: 1");
    text("shard", "I/N|slurm", "only the rows I, I+N, I+2N, ...; slurm: I and N of the job array");
    text("joblog", "FILE",
         "a line for each row that has ended, as GNU parallel writes; default: below the state "
         "directory. A shard's has I-of-N in its name");
    made.own.add_options()("resume", "go on: leave out the rows that have ended, as the joblog says");
    made.own.add_options()("resume-failed", "the same, but run failed rows again");
    text("halt", "WHEN",
         "after a failed row: never, soon (no other starts) or now (those that run are stopped); "
         "default: never");
    made.own.add_options()("dry-run", "say what would be done, change nothing");
    return made;
}

CommandTable task_table() {
    CommandTable made = table("task", "TASK [options]", "run one task without a workflow", "task");
    made.own.add_options()("with", po::value<std::string>()->value_name("FILE"), "JSON file with the task's options");
    made.own.add_options()("set", po::value<Texts>()->value_name("KEY=VALUE"),
                           "set an option; KEY may be nested (a.b), VALUE is JSON if it parses, else text; repeatable");
    made.own.add_options()("dry-run", "say what would be done, change nothing");
    return made;
}

CommandTable validate_table() {
    CommandTable made =
        table("validate", "WORKFLOW.json [options]", "tell every error of a workflow, offline", "workflow");
    add_vars(made);
    add_manifest(made, "the rows of a batch, which are checked too");
    return made;
}

CommandTable tasks_table() {
    CommandTable made = table("tasks", "[TASK] [options]",
                              "list the tasks that the plugins offer; with TASK its options", "task", false);
    made.own.add_options()("json", "as JSON; with TASK its JSON Schema");
    return made;
}

} // namespace

std::vector<CommandTable> command_tables() {
    std::vector<CommandTable> tables;
    tables.push_back(run_table());
    tables.push_back(batch_table());
    tables.push_back(task_table());
    tables.push_back(validate_table());
    tables.push_back(tasks_table());
    return tables;
}

po::options_description common_table() {
    po::options_description common("Common options");
    common.add_options()("plugin-dir", po::value<Texts>()->value_name("DIR"),
                         "look for plugins here first; repeatable");
    common.add_options()("state-dir", po::value<std::string>()->value_name("DIR"),
                         "folder for what must survive a crash; default: .ferry");
    common.add_options()("outputs", po::value<std::string>()->value_name("FILE"),
                         "write the outputs document to this file too");
    common.add_options()("events", po::value<std::string>()->value_name("FILE"),
                         "append a line of JSON for each thing that happens");
    common.add_options()("progress", po::value<std::string>()->value_name("MODE"),
                         "auto, bar, plain or none; default: auto");
    common.add_options()("log-level", po::value<std::string>()->value_name("LEVEL"),
                         "error, warn, info or debug; default: info");
    common.add_options()("help", "this text");
    return common;
}

std::string help_of(const CommandTable& table) {
    std::ostringstream text;
    text << "ferry " << table.name << " " << table.synopsis << "\n" << table.summary << "\n\n";
    text << table.own << "\n" << common_table();
    return text.str();
}

std::string usage() {
    std::string text = "ferry " + std::string(version()) + ": run workflows and carry their results to CAVATICA\n\n";
    for (const CommandTable& table : command_tables()) {
        std::string left = "  ferry " + table.name + " " + table.synopsis;
        left.resize(std::max<std::size_t>(left.size() + 2, 42), ' ');
        text += left + table.summary + "\n";
    }
    return text + "  ferry COMMAND --help                    the options of a command\n"
                  "  ferry --version\n\n"
                  "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 plugin not loadable, 4 refused by the\n"
                  "platform (token or rights), 5 batch partly failed, 128 + signal: stopped in order.\n";
}

} // namespace ferry
