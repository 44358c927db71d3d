// What batch, its dry run and validate --manifest share: the workflow, the manifest, and the check of all rows.
#pragma once

#include "batch/row_check.hpp"
#include "cli/session.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ferry {

struct BatchInput {
    WorkflowTemplate workflow;
    std::unique_ptr<Manifest> manifest;
    LoadRequest load;
};

// nullopt, told, with `code` as the exit code. `state_dir` is absolute.
std::optional<BatchInput> read_batch_input(const std::string& workflow, const std::string& manifest,
                                           const std::map<std::string, std::string>& vars, const std::string& state_dir,
                                           Session& session, int& code);

// "ROWS.csv:4: what is wrong (row 3)". `rows`: how many were looked at.
std::string told(const ProblemList::Problem& problem, std::uint64_t rows);

// Tells warnings and errors; 0 if there are no errors, else the exit code.
int tell_check(const RowCheckResult& checked, const Session& session, const Log& log);

// "runs/w.json" -> "w": safe in a file's name.
std::string stem_of(const std::string& workflow);

} // namespace ferry
