// Reading JSON from people, networks and disks: bounded depth and size, no doubled keys, a position for every error.
#pragma once

#include <Poco/Dynamic/Var.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace ferry {

struct JsonError {
    std::size_t line = 0;   // from 1
    std::size_t column = 0; // from 1, in bytes
    std::string message;    // what is wrong; holds no text of the input but for a doubled key
};

// The parsed value: Poco::JSON::Object::Ptr (keys in their order), Poco::JSON::Array::Ptr, std::string, Poco::Int64 or
// UInt64, double, bool, or an empty Var for null.
using JsonResult = std::variant<Poco::Dynamic::Var, JsonError>;

struct JsonLimits {
    std::size_t depth = 64;        // nested arrays and objects
    std::size_t bytes = 64u << 20; // of the whole text
};

// Parses one JSON value and nothing but white space around it (a UTF-8 BOM is skipped). Refuses invalid UTF-8, doubled
// keys, numbers out of range and what `limits` forbid. Never throws.
JsonResult parse_json(std::string_view text, const JsonLimits& limits = {});

// Compact JSON text of a value, with control characters escaped; the inverse of parse_json.
std::string to_json(const Poco::Dynamic::Var& value);

} // namespace ferry
