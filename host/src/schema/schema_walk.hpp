// A schema as a tree of subschemas: the one place that knows which keywords of draft 7 hold schemas.
#pragma once

#include "schema/json_value.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ferry {

// Calls `visit` for each schema directly inside `schema` with its JSON pointer relative to it.
void for_each_subschema(const JsonObject& schema, const std::function<void(const std::string&, const Json&)>& visit);

// The same schema with each schema directly inside it replaced by what `change` makes of it.
JsonObject::Ptr map_subschemas(const JsonObject& schema, const std::function<Json(const Json&)>& change);

// The schemas that apply to the same value as `schema` does, when it does or if other conditions hold: the target of
// its $ref, or its anyOf, oneOf, allOf, then, else. Not `not` and `if`, which say what a value need not be.
std::vector<Json> alternatives(const JsonObject::Ptr& root, const JsonObject::Ptr& schema);

// Follows $ref (only "#" and "#/..." of the same schema). An empty Var if it leads nowhere or in a circle.
Json dereference(const JsonObject::Ptr& root, const Json& schema);

// The value that the JSON pointer names; an empty Var if there is none.
Json at_pointer(const Json& value, const std::string& pointer);

} // namespace ferry
