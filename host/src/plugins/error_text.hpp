// The fixed-size ferry_error as text. Its writer may be hostile or broken: both texts are cut at the buffer's end.
#pragma once

#include "ferry_plugin.h"

#include <string>
#include <string_view>

namespace ferry {

ferry_error empty_error();

// Control bytes escaped, lines kept: a message may have a few.
std::string message_of(const ferry_error& error);
// A word of letters, digits, '_', '-' and '.', or "failed".
std::string kind_of(const ferry_error& error);

// Cuts at a character's edge and terminates.
void set_error(ferry_error* error, int32_t code, std::string_view kind, std::string_view message);

} // namespace ferry
