// Before a run of some steps: whether the others have what these stand on.
#pragma once

#include "workflow/selection.hpp"

#include <functional>
#include <optional>
#include <string>

namespace ferry {

// The first step that --from or --only wants from its record, and that has none (or not of the files as they are now):
// it has to run first. Looks only; nullopt also if `stopped` ended the look.
struct MissingRecord {
    std::string step;
    std::string reason; // empty: none was ever kept
};
std::optional<MissingRecord> missing_record(const Workflow& workflow, const RunOptions& options,
                                            const std::function<bool()>& stopped);

} // namespace ferry
