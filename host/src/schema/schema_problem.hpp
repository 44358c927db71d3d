// Schemas come from plugins too: what makes one unusable is found before anything is checked with it.
#pragma once

#include "schema/json_value.hpp"

#include <optional>
#include <string>

namespace ferry {

// What valijson does not see, or does not survive: references that lead nowhere or in a circle, patterns that do not
// compile, keywords of the wrong kind. One sentence, or nullopt.
std::optional<std::string> structural_problem(const JsonObject::Ptr& schema);

} // namespace ferry
