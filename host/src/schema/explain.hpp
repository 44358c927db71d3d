// Why a value does not fit a schema: each problem where it is, in words.
#pragma once

#include "diagnostic.hpp"
#include "schema/json_value.hpp"
#include "schema/pattern.hpp"

#include <map>
#include <string>

namespace ferry {

// A schema with what is expensive to make anew for each check. Read only once made.
struct PreparedSchema {
    JsonObject::Ptr root;
    std::map<std::string, Pattern> patterns; // all of the schema's
};

// Compiles the patterns; throws std::invalid_argument for one that is none.
PreparedSchema prepare_schema(const JsonObject::Ptr& root);

// The problems of `value` at `schema`, a part of `prepared`; none if it fits. At most kMostProblems.
Diagnostics explain(const PreparedSchema& prepared, const Json& schema, const Json& value, const std::string& file,
                    const std::string& pointer);

inline constexpr std::size_t kMostProblems = 200;

} // namespace ferry
