// Where in a document's text its values stand, for messages: the parsed value no longer knows.
#pragma once

#include "diagnostic.hpp"

#include <string_view>

namespace ferry {

// Fills in line and column where they are not known, for diagnostics whose pointers lead into `text`, a document that
// parse_json() has accepted. What is not there, such as a missing key, has the place of the nearest value around it.
// One pass over the text, however many there are.
void add_places(std::string_view text, Diagnostics& diagnostics);

} // namespace ferry
