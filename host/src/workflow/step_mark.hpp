// What tells one doing of a step from every other: a record behind it holds only as long as the marks that it stood on
// do.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ferry {

// The marks of what a step needs, each as "STEP MARK", sorted; nullopt: one is not known, as in a plan.
using Stand = std::optional<std::vector<std::string>>;

std::string new_mark(); // no other is the same

// Of a step that did not run: the same as long as what it stands on is. Empty if that is not known.
std::string skipped_mark(const Stand& stand);
// Of a step that may fail, and did: the same as long as its options (the record's key) and what it stands on are.
std::string failed_mark(const std::string& key, const Stand& stand);

// The step that is not what it was, by its id; empty if all are.
std::string changed_need(const std::vector<std::string>& before, const std::vector<std::string>& now);

} // namespace ferry
