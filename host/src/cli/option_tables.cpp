#include "cli/option_tables.hpp"

#include "cli/command.hpp"
#include "cli/wrap_text.hpp"
#include "ferry_version.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <map>

namespace ferry {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

CommandTable table(std::string name, std::string synopsis, std::string summary, const char* positional,
                   std::string example) {
    CommandTable made;
    made.name = std::move(name);
    made.synopsis = std::move(synopsis);
    made.summary = std::move(summary);
    made.positional.add(positional, 1);
    made.positional_name = positional;
    made.example = std::move(example);
    return made;
}

void add_text(po::options_description& to, const char* name, const char* value, const char* help) {
    to.add_options()(name, po::value<std::string>()->value_name(value), help);
}

void add_texts(po::options_description& to, const char* name, const char* value, const char* help) {
    to.add_options()(name, po::value<Texts>()->value_name(value), help);
}

void add_vars(CommandTable& to) {
    add_texts(to.own, "var", "NAME=VALUE", "set a variable of the workflow; repeatable");
}

void add_dry_run(CommandTable& to) {
    to.own.add_options()("dry-run", "say what would be done, change nothing");
}

CommandTable run_table() {
    CommandTable made = table("run", "WORKFLOW.json [options]", "run a workflow; prints its outputs as JSON",
                              "workflow", "ferry run workflow.json --var sample=NA12878 --jobs 4");
    add_vars(made);
    add_text(made.own, "jobs", "N", "steps at once, 1 to 1024; default: processors");
    made.own.add_options()("resume", "repeat no step that is done and unchanged");
    add_text(made.own, "from", "STEP", "run this step and all that need it");
    add_text(made.own, "only", "STEP", "run this step alone; what it needs must be done");
    add_dry_run(made);
    return made;
}

CommandTable batch_table() {
    CommandTable made =
        table("batch", "WORKFLOW.json --manifest ROWS.csv [options]", "run a workflow for each row of a table",
              "workflow", "ferry batch workflow.json --manifest rows.csv --jobs 4");
    add_text(made.own, "manifest", "ROWS.csv", "rows: .csv, .tsv, .jsonl or .ndjson");
    add_vars(made);
    add_text(made.own, "jobs", "N", "rows at once, 1 to 1024; default: 1");
    add_text(made.own, "shard", "I/N|slurm", "only rows I, I+N, ...; slurm: of the job array");
    add_text(made.own, "joblog", "FILE", "a line for each row that has ended");
    made.own.add_options()("resume", "leave out the rows that have ended");
    made.own.add_options()("resume-failed", "the same, but run failed rows again");
    add_text(made.own, "halt", "WHEN", "after a failed row: never, soon or now");
    add_dry_run(made);
    return made;
}

CommandTable task_table() {
    CommandTable made = table("task", "TASK [options]", "run one task without a workflow", "task",
                              "ferry task upload --set project=me/p --set 'files=[\"*.bam\"]'");
    add_text(made.own, "with", "FILE", "JSON file with the task's options");
    add_texts(made.own, "set", "KEY=VALUE",
              "set an option; KEY may be nested (a.b), VALUE is JSON if it parses, else "
              "text; repeatable");
    add_dry_run(made);
    return made;
}

CommandTable validate_table() {
    CommandTable made = table("validate", "WORKFLOW.json [options]", "tell every mistake of a workflow, offline",
                              "workflow", "ferry validate workflow.json --manifest rows.csv");
    add_vars(made);
    add_text(made.own, "manifest", "ROWS.csv", "the rows of a batch, which are checked too");
    return made;
}

CommandTable tasks_table() {
    CommandTable made =
        table("tasks", "[TASK] [options]", "list the tasks; with TASK its options", "task", "ferry tasks upload");
    made.positional_required = false;
    made.own.add_options()("json", "as JSON; with TASK its JSON Schema");
    return made;
}

CommandTable completion_table() {
    CommandTable made = table("completion", "bash|zsh|fish", "print what completes ferry's words in a shell", "shell",
                              "source <(ferry completion bash)");
    made.runs_things = false;
    return made;
}

// "  --jobs N      what it is"; the texts begin in one column.
std::string option_lines(const po::options_description& options) {
    std::size_t left = 0;
    const auto name_of = [](const po::option_description& option) {
        const std::string value = takes_value(option) ? " " + option.semantic()->name() : "";
        return "  --" + option.long_name() + value;
    };
    for (const auto& option : options.options())
        left = std::max(left, name_of(*option).size() + 2);
    std::string text;
    for (const auto& option : options.options()) {
        std::string name = name_of(*option);
        name.resize(left, ' ');
        text += wrapped(name, option->description(), left, kScreenColumns);
    }
    return text;
}

// Their names alone.
std::string common_lines() {
    Texts names;
    const po::options_description common = common_table();
    for (const auto& option : common.options())
        if (takes_value(*option))
            names.push_back("--" + option->long_name() + " " + option->semantic()->name() + ",");
    names.emplace_back("--help; ferry --help says what they do.");
    return wrapped("Of all commands: ", names, 2, kScreenColumns);
}

} // namespace

bool takes_value(const po::option_description& option) {
    return option.semantic()->max_tokens() > 0;
}

bool is_repeatable(const po::option_description& option) {
    return dynamic_cast<const po::typed_value<Texts>*>(option.semantic().get()) != nullptr;
}

const std::vector<std::string>& words_for(const std::string& name) {
    static const std::map<std::string, Texts> words{{"progress", {"auto", "bar", "plain", "none"}},
                                                    {"log-level", {"error", "warn", "info", "debug"}},
                                                    {"halt", {"never", "soon", "now"}},
                                                    {"shell", {"bash", "zsh", "fish"}}};
    static const Texts none;
    const auto found = words.find(name);
    return found == words.end() ? none : found->second;
}

std::vector<CommandTable> command_tables() {
    std::vector<CommandTable> tables;
    tables.push_back(run_table());
    tables.push_back(batch_table());
    tables.push_back(task_table());
    tables.push_back(validate_table());
    tables.push_back(tasks_table());
    tables.push_back(completion_table());
    return tables;
}

po::options_description common_table() {
    po::options_description common;
    add_texts(common, "plugin-dir", "DIR", "look for plugins here first; repeatable");
    add_text(common, "state-dir", "DIR", "what must survive a crash; default: .ferry");
    add_text(common, "outputs", "FILE", "write the outputs document to this file too");
    add_text(common, "events", "FILE", "append a line of JSON for all that happens");
    add_text(common, "progress", "MODE", "auto, bar, plain or none; default: auto");
    add_text(common, "log-level", "LEVEL", "error, warn, info or debug; default: info");
    common.add_options()("help", "the options of the command");
    return common;
}

po::options_description options_of(const CommandTable& table) {
    po::options_description all;
    all.add(table.own);
    if (table.runs_things)
        all.add(common_table());
    else
        all.add_options()("help", "this text");
    return all;
}

std::string help_of(const CommandTable& table) {
    std::string text = wrapped("ferry " + table.name + " ", table.synopsis, 4, kScreenColumns) + table.summary + "\n\n";
    if (!table.own.options().empty())
        text += option_lines(table.own) + "\n";
    if (table.runs_things)
        text += common_lines() + "\n";
    return text + "Example: " + table.example + "\n";
}

std::string usage() {
    constexpr std::size_t left = 34;
    std::string text = "ferry " + std::string(version()) + ": run workflows and carry their results to CAVATICA\n\n";
    const auto line = [&](std::string name, const std::string& what) {
        name.resize(std::max(name.size() + 2, left), ' ');
        text += name + what + "\n";
    };
    for (const CommandTable& table : command_tables())
        line("  ferry " + table.name + " " + table.synopsis.substr(0, table.synopsis.find(' ')), table.summary);
    line("  ferry --version", "print the version");
    return text + "\nOptions of all commands:\n" + option_lines(common_table()) +
           "\nExit codes: 0 done, 1 failed, 2 usage or configuration, 3 plugin not loadable,\n"
           "4 refused by the platform (token or rights), 5 batch partly failed,\n"
           "128 + signal: stopped in order.\n"
           "Example: ferry run workflow.json --var sample=NA12878\n";
}

} // namespace ferry
