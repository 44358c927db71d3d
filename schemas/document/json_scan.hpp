// A first pass over JSON text, iterative and without memory of its own: finds what POCO's recursive parser must not
// see.
#pragma once

#include "document/strict_json.hpp"

#include <optional>

namespace ferry {

// The line and column of a byte offset.
JsonError json_error_at(std::string_view text, std::size_t offset, std::string message);

// Refuses invalid UTF-8, raw control bytes, zero bytes in keys, nesting deeper than `depth`, integers that fit no 64
// bits, numbers beyond double's range, and anything after the first value. Leaves the rest of the grammar to the
// parser.
std::optional<JsonError> scan_json(std::string_view text, std::size_t depth);

} // namespace ferry
