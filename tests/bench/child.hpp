// Programs run side by side, and what each of them took.
#pragma once

#include <chrono>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ferry::bench {

struct Command {
    std::vector<std::string> words;       // the program by its path or name, and its arguments
    std::vector<std::string> environment; // NAME=VALUE, besides PATH; nothing else is passed on
    std::string out = "/dev/null";
    std::string err; // a file, which a failure quotes
};

struct Usage {
    double wall_s = 0;
    double cpu_s = 0;    // user and system
    double peak_mib = 0; // of resident memory; never less than this program's own, from which it is inherited
};

// Starts all at once and waits for them. A process that fails, or lasts longer than a run ever should, ends them all
// and throws std::runtime_error with what it said.
std::vector<Usage> run_together(const std::vector<Command>& commands);
Usage run(const Command& command);

double own_peak_mib();

// posix_spawn with the words and nothing of our environment but PATH. Throws std::runtime_error.
pid_t spawn(const Command& command, int out);

std::string read_text(const std::string& path); // empty if it cannot be read

} // namespace ferry::bench
