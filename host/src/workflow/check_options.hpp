// The checks of the steps' tasks and options.
#pragma once

#include "plugins/task_registry.hpp"
#include "workflow/draft.hpp"
#include "workflow/load.hpp"

namespace ferry {

// Finds each step's task; fills Step::entry and Step::validator. True if a task is missing that a plugin may have had
// which could not be loaded.
bool find_tasks(const TaskRegistry& registry, Draft& draft);

// References, schema, and the tasks' own checks of what is known of each step's options.
void check_options(const Graph& graph, const LoadRequest& request, Draft& draft);

} // namespace ferry
