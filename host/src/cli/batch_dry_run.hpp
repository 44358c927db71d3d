// What a batch would do.
#pragma once

#include "cli/batch_support.hpp"
#include "cli/command.hpp"

namespace ferry {

// The plan as text on standard output: the graph once, the first rows as they would run, and the totals of all rows.
// The exit code, that of a batch whose rows would fail as they do here.
int plan_batch(const BatchCommand& command, const BatchInput& input, Shard shard, const RowCheckResult& checked,
               KnownRows known, Session& session);

} // namespace ferry
