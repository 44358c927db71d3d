// The options of each command, for the parser and for --help.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>

#include <string>
#include <vector>

namespace ferry {

struct CommandTable {
    std::string name;
    std::string synopsis; // "WORKFLOW.json [options]"
    std::string summary;
    std::string example;     // a command line; its place is at the end of --help
    bool runs_things = true; // so it takes the common options
    boost::program_options::options_description own{"Options"};
    boost::program_options::positional_options_description positional;
    std::string positional_name; // "workflow", "task"; the option that the positional argument fills
    bool positional_required = true;
};

// run, batch, task, validate, tasks, completion.
std::vector<CommandTable> command_tables();
boost::program_options::options_description common_table();
// All that the command takes.
boost::program_options::options_description options_of(const CommandTable& table);
// The words that an option takes, or the argument of `completion`; empty: it takes any text.
const std::vector<std::string>& words_for(const std::string& name);
bool takes_value(const boost::program_options::option_description& option);
bool is_repeatable(const boost::program_options::option_description& option);
// Fits a screen of 24 lines of 80 columns.
std::string help_of(const CommandTable& table);

} // namespace ferry
