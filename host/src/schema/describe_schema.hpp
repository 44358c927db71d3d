// What a schema allows at a place, in words.
#pragma once

#include "schema/json_value.hpp"

#include <string>
#include <vector>

namespace ferry {

// "an integer from 1 to 64 (parts sent at once)": what `schema` admits, with its description. `root` is the whole
// schema, for $ref.
std::string describe_schema(const JsonObject::Ptr& root, const Json& schema);

// The texts that the schema names one by one, as enum or const, itself or in its alternatives.
std::vector<std::string> named_values(const JsonObject::Ptr& root, const Json& schema);

// `did you mean "x"? ` to stand before what else is allowed; empty if no known name is near.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

// "a, b or c", safe to print; cut after 20 with how many more there are.
std::string listed(const std::vector<std::string>& words, const std::string& last = " or ");

// A single value where an array or object has to be: an example says more than all that may stand in one. Empty: it is
// something else, or there is no example.
std::string instead_of_scalar(const JsonObject::Ptr& root, const Json& schema, const Json& value);

} // namespace ferry
