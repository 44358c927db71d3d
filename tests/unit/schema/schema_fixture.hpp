#pragma once

#include "document/strict_json.hpp"
#include "schema/json_value.hpp"
#include "schema/validator.hpp"

#include <string>
#include <string_view>

namespace ferry::test {

inline Json json(std::string_view text) {
    return std::get<Json>(parse_json(text));
}
inline JsonObject::Ptr object(std::string_view text) {
    return object_of(json(text));
}

// "POINTER: FOUND; ALLOWED" of each problem, a line each.
inline std::string problems_of(std::string_view schema, const Json& instance) {
    std::string out;
    for (const Diagnostic& diagnostic : Validator(object(schema)).check(instance))
        out += to_text(diagnostic) + "\n";
    return out;
}
inline std::string problems(std::string_view schema, std::string_view instance) {
    return problems_of(schema, json(instance));
}

} // namespace ferry::test
