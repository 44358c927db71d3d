// All rows looked at before the first one runs.
#pragma once

#include "batch/manifest.hpp"
#include "batch/problem_list.hpp"
#include "batch/row_plans.hpp"
#include "workflow/load.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace ferry {

struct RowCheckRequest {
    const WorkflowTemplate& workflow;
    const Manifest& manifest;
    LoadRequest load; // with the variables of --var
    Shard shard = {};
    Resume resume = Resume::no;
    bool every_row = false;      // none is trusted for being like another
    std::size_t most_told = 100; // different problems
};

struct RowCheckResult {
    explicit RowCheckResult(std::size_t most_told) : errors(most_told), warnings(most_told) {}

    std::uint64_t rows = 0; // of the manifest
    std::uint64_t mine = 0; // of the shard
    std::uint64_t to_run = 0;
    std::uint64_t done_before = 0;
    std::uint64_t failed_before = 0;
    std::uint64_t wrong_rows = 0; // whose values do not fit; after some hundred no more are looked for
    ProblemList errors;
    ProblemList warnings;
    std::set<std::string> token_variables{"SB_AUTH_TOKEN"};
    bool plugin_failed = false;
};

// Reads the manifest to its end: form and names of all rows, and the steps' options of those that are to run. `known`
// is what the joblog has; a copy, as it is used up.
RowCheckResult check_rows(const RowCheckRequest& request, KnownRows known);

} // namespace ferry
