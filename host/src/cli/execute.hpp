// What the commands do; each answers the exit code.
#pragma once

#include "cli/command.hpp"

namespace ferry {

int execute(const Command& command);

// One for each command, behind execute().
int execute_run(const RunCommand& command);
int execute_batch(const BatchCommand& command);
int execute_task(const TaskCommand& command);
int execute_validate(const ValidateCommand& command);
int execute_validate_rows(const ValidateCommand& command); // with --manifest
int execute_tasks(const TasksCommand& command);
int execute_complete(const CompleteCommand& command);

} // namespace ferry
