// The command lines that messages advise.
#pragma once

#include <string>
#include <vector>

namespace ferry {

// `words`: the command line without the program's name. All answer it whole, quoted for a shell.

// What goes on with a run or task that has not come to its end: nothing that succeeded is repeated. Uploads go on where
// they stood by themselves.
std::string command_to_go_on(const std::vector<std::string>& words);
// What runs the rows of a batch that are left; with those that failed, if wanted.
std::string command_for_rows(const std::vector<std::string>& words, bool with_failed);
// What runs that step alone.
std::string command_for_step(const std::vector<std::string>& words, const std::string& step);

} // namespace ferry
