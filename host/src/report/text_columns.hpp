// How much room text takes on a terminal, where a character may be two columns wide, or none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry {

// Of UTF-8 without control characters and line ends.
std::size_t columns_of(std::string_view text);

// The text, or what fits of its beginning and its end with "…" between them: names differ at either.
std::string fit_columns(std::string_view text, std::size_t columns);

} // namespace ferry
