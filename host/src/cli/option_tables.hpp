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
    boost::program_options::options_description own{"Options"};
    boost::program_options::positional_options_description positional;
    std::string positional_name; // "workflow", "task"; the option that the positional argument fills
    bool positional_required = true;
};

// run, batch, task, validate, tasks.
std::vector<CommandTable> command_tables();
boost::program_options::options_description common_table();
std::string help_of(const CommandTable& table);

} // namespace ferry
