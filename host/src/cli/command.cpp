#include "cli/command.hpp"

#include "cli/completion_scripts.hpp"
#include "cli/option_tables.hpp"
#include "document/text.hpp"
#include "ferry_version.hpp"
#include "report/log.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <thread>

namespace ferry {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

constexpr unsigned max_jobs = 1024;

// Thrown within this file only.
struct Refused {
    std::string message;
};

std::string quoted_word(const std::string& text) {
    return "'" + printable(text, 200) + "'";
}

std::string suggestion(const std::string& word, const Texts& known, const std::string& dashes = "") {
    const std::string near = nearest(word, known);
    return near.empty() ? "" : "; did you mean " + dashes + near + "?";
}

Texts names_of(const po::options_description& table) {
    Texts names;
    for (const auto& option : table.options())
        names.push_back(option->long_name());
    return names;
}

std::string option_text(const po::variables_map& values, const char* name, const std::string& otherwise = {}) {
    if (values.count(name) == 0)
        return otherwise;
    const auto& text = values[name].as<std::string>();
    if (text.empty())
        throw Refused{"--" + std::string(name) + " is empty"};
    return text;
}

Texts option_texts(const po::variables_map& values, const char* name) {
    return values.count(name) == 0 ? Texts() : values[name].as<Texts>();
}

std::pair<std::string, std::string> split_assignment(const std::string& option, const std::string& text) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0)
        throw Refused{option + " " + quoted_word(text) + " is no NAME=VALUE"};
    if (!is_utf8(text))
        throw Refused{option + " " + quoted_word(text) + " is not UTF-8"};
    return {text.substr(0, at), text.substr(at + 1)};
}

std::map<std::string, std::string> vars_of(const po::variables_map& values) {
    std::map<std::string, std::string> vars;
    for (const std::string& text : option_texts(values, "var")) {
        auto [name, value] = split_assignment("--var", text);
        if (!vars.emplace(name, std::move(value)).second)
            throw Refused{"--var " + quoted_word(name) + " is given twice"};
    }
    return vars;
}

unsigned processors() {
    return std::clamp(std::thread::hardware_concurrency(), 1u, max_jobs);
}

unsigned jobs_of(const po::variables_map& values, unsigned otherwise) {
    const std::string text = option_text(values, "jobs");
    if (text.empty())
        return otherwise;
    unsigned jobs = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), jobs);
    if (error != std::errc() || end != text.data() + text.size() || jobs < 1 || jobs > max_jobs)
        throw Refused{"--jobs " + quoted_word(text) + " is no number from 1 to " + std::to_string(max_jobs)};
    return jobs;
}

std::string plugin_dir(const std::string& text) {
    std::error_code error;
    const auto path = std::filesystem::absolute(text, error).lexically_normal();
    if (text.empty() || error || !std::filesystem::is_directory(path, error))
        throw Refused{"--plugin-dir " + quoted_word(text) + " is no folder"};
    return path.string();
}

template <typename Value>
Value choice(const po::variables_map& values, const char* name, std::optional<Value> (*read)(std::string_view),
             Value otherwise) {
    const Texts& allowed = words_for(name);
    const std::string text = option_text(values, name);
    if (text.empty())
        return otherwise;
    if (const auto value = read(text))
        return *value;
    std::string list;
    for (const std::string& word : allowed)
        list += (list.empty() ? "" : word == allowed.back() ? " or " : ", ") + word;
    throw Refused{"--" + std::string(name) + " " + quoted_word(text) + " is unknown; allowed are " + list +
                  suggestion(text, allowed)};
}

CommonOptions common_of(const po::variables_map& values) {
    CommonOptions common;
    for (const std::string& text : option_texts(values, "plugin-dir"))
        common.plugin_dirs.push_back(plugin_dir(text));
    common.state_dir = option_text(values, "state-dir", common.state_dir);
    common.outputs = option_text(values, "outputs");
    common.events = option_text(values, "events");
    common.progress = choice(values, "progress", progress_mode, common.progress);
    common.log_level = choice(values, "log-level", log_level, common.log_level);
    return common;
}

po::variables_map parse_options(const CommandTable& table, const Texts& arguments) {
    po::options_description hidden;
    hidden.add_options()(table.positional_name.c_str(), po::value<std::string>());
    const po::options_description shown = options_of(table);
    po::options_description all;
    all.add(shown).add(hidden);
    po::variables_map values;
    try {
        const int style =
            po::command_line_style::allow_long | po::command_line_style::long_allow_adjacent |
            po::command_line_style::long_allow_next; // no guessing: a later option must not change meaning
        po::store(po::command_line_parser(arguments).options(all).positional(table.positional).style(style).run(),
                  values);
        po::notify(values);
    } catch (const po::unknown_option& e) {
        std::string name = e.get_option_name();
        name.erase(0, name.find_first_not_of('-'));
        throw Refused{"ferry " + table.name + " has no option " + quoted_word(e.get_option_name()) +
                      suggestion(name, names_of(shown), "--")};
    } catch (const po::too_many_positional_options_error&) {
        throw Refused{"ferry " + table.name + " takes one argument besides its options: " + table.synopsis};
    } catch (const po::error& e) {
        throw Refused{"ferry " + table.name + ": " + printable(e.what())};
    }
    return values;
}

BatchCommand batch_of(CommonOptions common, const std::string& workflow, const po::variables_map& values) {
    BatchCommand batch;
    batch.common = std::move(common);
    batch.workflow = workflow;
    batch.manifest = option_text(values, "manifest");
    if (batch.manifest.empty())
        throw Refused{"ferry batch needs --manifest ROWS.csv, whose rows it runs"};
    batch.vars = vars_of(values);
    batch.jobs = jobs_of(values, 1);
    batch.shard = option_text(values, "shard");
    batch.joblog = option_text(values, "joblog");
    if (values.count("resume") && values.count("resume-failed"))
        throw Refused{"--resume and --resume-failed exclude each other; --resume-failed does what --resume does, and "
                      "runs failed rows again"};
    if (values.count("resume"))
        batch.resume = Resume::unfinished;
    if (values.count("resume-failed"))
        batch.resume = Resume::failed_too;
    batch.halt = choice(values, "halt", halt_mode, batch.halt);
    batch.dry_run = values.count("dry-run") != 0;
    return batch;
}

RunCommand run_of(const po::variables_map& values, CommonOptions common, const std::string& workflow) {
    RunCommand run{std::move(common),
                   workflow,
                   vars_of(values),
                   jobs_of(values, processors()),
                   values.count("dry-run") != 0,
                   values.count("resume") != 0,
                   option_text(values, "from"),
                   option_text(values, "only")};
    if (!run.from.empty() && !run.only.empty())
        throw Refused{"--from and --only exclude each other; give one of the two"};
    return run;
}

std::string positional_of(const CommandTable& table, const po::variables_map& values) {
    const auto& first = values[table.positional_name];
    const std::string positional = first.empty() ? std::string() : first.as<std::string>();
    if (positional.empty() && table.positional_required)
        throw Refused{"ferry " + table.name + " needs an argument: ferry " + table.name + " " + table.synopsis};
    return positional;
}

PrintCommand completion_of(const std::string& shell) {
    const Texts& shells = words_for("shell");
    if (std::find(shells.begin(), shells.end(), shell) == shells.end())
        throw Refused{"there is no completion for " + quoted_word(shell) + "; there is for bash, zsh and fish" +
                      suggestion(shell, shells)};
    return {std::string(completion_script(shell))};
}

Command build(const CommandTable& table, const po::variables_map& values, const Texts& arguments) {
    if (table.name == "completion")
        return completion_of(positional_of(table, values));
    CommonOptions common = common_of(values);
    common.words = {table.name};
    common.words.insert(common.words.end(), arguments.begin(), arguments.end());
    const std::string positional = positional_of(table, values);
    const bool dry_run = values.count("dry-run") != 0;
    if (table.name == "run")
        return run_of(values, std::move(common), positional);
    if (table.name == "batch")
        return batch_of(std::move(common), positional, values);
    if (table.name == "validate")
        return ValidateCommand{common, positional, vars_of(values), option_text(values, "manifest")};
    if (table.name == "tasks")
        return TasksCommand{common, positional, values.count("json") != 0};
    TaskCommand task{common, positional, option_text(values, "with"), {}, dry_run};
    for (const std::string& text : option_texts(values, "set"))
        task.sets.push_back(split_assignment("--set", text));
    return task;
}

Command parse_command(const std::string& name, const Texts& arguments) {
    Texts names;
    for (const CommandTable& table : command_tables()) {
        names.push_back(table.name);
        if (table.name != name)
            continue;
        if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end())
            return PrintCommand{help_of(table)};
        return build(table, parse_options(table, arguments), arguments);
    }
    if (name.starts_with('-'))
        throw Refused{"ferry has no option " + quoted_word(name) + " before the command" +
                      suggestion(name, {"--help", "--version"})};
    throw Refused{"ferry has no command " + quoted_word(name) + suggestion(name, names)};
}

} // namespace

Command parse_command_line(const std::vector<std::string>& arguments) {
    if (arguments.empty())
        return UsageError{"no command given", usage()};
    if (arguments.front() == "--help")
        return PrintCommand{usage()};
    if (arguments.front() == kCompleteWord)
        return CompleteCommand{Texts(arguments.begin() + 1, arguments.end())};
    if (arguments.front() == "--version")
        return PrintCommand{"ferry " + std::string(version()) + "\n"};
    try {
        return parse_command(arguments.front(), Texts(arguments.begin() + 1, arguments.end()));
    } catch (const Refused& refused) {
        return UsageError{refused.message, {}};
    }
}

} // namespace ferry
