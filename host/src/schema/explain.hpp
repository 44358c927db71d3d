// Why a value does not fit a schema: each problem where it is, in words.
#pragma once

#include "diagnostic.hpp"
#include "schema/json_value.hpp"

#include <map>
#include <regex>
#include <string>

namespace ferry {

// std::regex recurses once a character and overflows the stack on long texts: a place with a `pattern` admits no text
// longer than this.
inline constexpr std::size_t kLongestPatternText = 4096;

// A schema with what is expensive to make anew for each check. Read only once made.
struct PreparedSchema {
    JsonObject::Ptr root;
    std::map<std::string, std::regex> patterns; // all of the schema's
};

// Compiles the patterns; throws std::regex_error for one that is none.
PreparedSchema prepare_schema(const JsonObject::Ptr& root);

// The problems of `value` at `schema`, a part of `prepared`; none if it fits. At most kMostProblems.
Diagnostics explain(const PreparedSchema& prepared, const Json& schema, const Json& value, const std::string& file,
                    const std::string& pointer);

inline constexpr std::size_t kMostProblems = 200;

} // namespace ferry
