// One program in a process group of its own, from spawn to the end of its last process.
#pragma once

#include "tasks/process_groups.hpp"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

struct ChildStart {
    std::string program; // path to execute; relative to `cwd` if it is relative
    std::vector<std::string> arguments;
    std::vector<std::string> environment; // NAME=VALUE
    std::string cwd;                      // absolute
    int input = -1;                       // become descriptors 0, 1 and 2; nothing else is inherited
    int output = -1;
    int error = -1;
};

struct ChildEnd {
    int exit_code = 0;             // if signal is 0
    int signal = 0;                // that ended it
    bool stopped = false;          // because cancelled() became true
    bool leftovers_killed = false; // processes of the group outlived a program that ended well, and the grace
};

struct ChildWatch {
    std::function<void()> started;   // called once the program has its own copies of the descriptors
    std::function<bool()> cancelled; // asked some 20 times a second
    std::function<void()> lingers;   // called once if it is still there a second after TERM (or half the grace)
    // After TERM until KILL; also what processes that outlive their program get to end by themselves.
    std::chrono::milliseconds grace{10'000};
};

// Starts the program and waits until it and all of its process group have ended. Answers errno of the start as int if
// it could not be started. `groups` knows the group meanwhile. Blocks; any thread.
std::variant<ChildEnd, int> run_child(const ChildStart& start, const ChildWatch& watch, ProcessGroups& groups);

// Makes orphans of commands children of this process, so that the end of a whole group can be seen. Once, in main.
void adopt_orphans();

} // namespace ferry
