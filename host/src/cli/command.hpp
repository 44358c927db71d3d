// The command line as typed values.
#pragma once

#include "batch/batch_run.hpp"
#include "ferry_plugin.h"
#include "report/progress_display.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ferry {

struct CommonOptions {
    std::vector<std::string> plugin_dirs; // absolute, existing folders
    std::string state_dir = ".ferry";
    std::string outputs; // empty: none
    std::string events;  // empty: none
    ProgressMode progress = ProgressMode::automatic;
    int log_level = FERRY_LOG_INFO;
    std::vector<std::string> words; // the command line as given, without the program's name
};

struct RunCommand {
    CommonOptions common;
    std::string workflow;
    std::map<std::string, std::string> vars;
    unsigned jobs = 1;
    bool dry_run = false;
    bool resume = false;
    std::string from; // a step's id; empty: not given
    std::string only; // the same; at most one of the two
};

struct BatchCommand {
    CommonOptions common;
    std::string workflow;
    std::string manifest;
    std::map<std::string, std::string> vars;
    unsigned jobs = 1;  // rows at once
    std::string shard;  // empty: all rows
    std::string joblog; // empty: one below the state directory
    Resume resume = Resume::no;
    Halt halt = Halt::never;
    bool dry_run = false;
};

struct TaskCommand {
    CommonOptions common;
    std::string task;
    std::string with;                                      // file; empty: none
    std::vector<std::pair<std::string, std::string>> sets; // key (dotted) and value, in their order
    bool dry_run = false;
};

struct ValidateCommand {
    CommonOptions common;
    std::string workflow;
    std::map<std::string, std::string> vars;
    std::string manifest; // empty: none
};

struct TasksCommand {
    CommonOptions common;
    std::string task; // empty: all
    bool json = false;
};

// What a shell asks for while somebody types: ferry __complete WORD...; no help tells of it.
struct CompleteCommand {
    std::vector<std::string> words; // behind `ferry`; the last is the one that is completed, up to the cursor
};
inline constexpr const char* kCompleteWord = "__complete";

struct PrintCommand { // --help, --version, completion
    std::string text;
};

struct UsageError {
    std::string message; // one sentence
    std::string help;    // shown below it; may be empty
};

using Command = std::variant<UsageError, PrintCommand, RunCommand, BatchCommand, TaskCommand, ValidateCommand,
                             TasksCommand, CompleteCommand>;

// Without the program's name. Looks at the file system only for --plugin-dir.
Command parse_command_line(const std::vector<std::string>& arguments);

// What `ferry --help` says.
std::string usage();

} // namespace ferry
