// The command lines that messages advise.
#pragma once

#include "schema/json_value.hpp"

#include <string>
#include <vector>

namespace ferry {

// `words`: the command line without the program's name. All answer it whole, quoted for a shell.

// What goes on with a run or task that has not come to its end: nothing that succeeded is repeated. Uploads go on where
// they stood by themselves.
std::string command_to_go_on(const std::vector<std::string>& words);
// The same again: what has begun nothing, or is a dry run.
std::string command_again(const std::vector<std::string>& words);
// What runs the rows of a batch that are left; with those that failed, if wanted.
std::string command_for_rows(const std::vector<std::string>& words, bool with_failed);
// What runs that step alone.
std::string command_for_step(const std::vector<std::string>& words, const std::string& step);

// What runs a task alone with those options; `more`: words behind them.
std::string command_for_task(const std::string& task, const JsonObject& with, const std::vector<std::string>& more);

} // namespace ferry
