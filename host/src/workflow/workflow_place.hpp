// Which workflow it is, as records and runs are told apart.
#pragma once

#include "workflow/workflow.hpp"

#include <string>

namespace ferry {

// The workflow's file without links and detours, so that one file is one workflow however it is called; of a task
// alone, which has no file, its name.
std::string workflow_place(const Workflow& workflow, const std::string& work_dir);

} // namespace ferry
