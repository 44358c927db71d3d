// What a schema allows at a place, in words.
#pragma once

#include "schema/json_value.hpp"

#include <string>
#include <vector>

namespace ferry {

// "an integer from 1 to 64 (parts sent at once)": what `schema` admits, with its description. `root` is the whole
// schema, for $ref.
std::string describe_schema(const JsonObject::Ptr& root, const Json& schema);

// "a, b or c", safe to print; cut after 20 with how many more there are.
std::string listed(const std::vector<std::string>& words, const std::string& last = " or ");

} // namespace ferry
