// A first pass over JSON text, iterative and without memory but for the brackets that are open: finds what POCO's
// recursive parser must not see.
#pragma once

#include "document/strict_json.hpp"

#include <optional>

namespace ferry {

// The line and column of a byte offset.
JsonError json_error_at(std::string_view text, std::size_t offset, std::string message);

// The offset behind the text in quotes that begins at `begin`; npos if it does not end.
std::size_t end_of_string(std::string_view text, std::size_t begin);

// Refuses invalid UTF-8, raw control bytes, zero bytes in keys, nesting deeper than `depth`, brackets that do not
// match, integers that fit no 64 bits, numbers beyond double's range, and anything after the first value. Leaves the
// rest of the grammar to the parser.
std::optional<JsonError> scan_json(std::string_view text, std::size_t depth);

} // namespace ferry
