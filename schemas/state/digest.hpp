// Names for files, made from texts of any length and content.
#pragma once

#include <string>
#include <string_view>

namespace ferry {

// 32 hex digits: half of the text's SHA-256.
std::string short_digest(std::string_view text);

} // namespace ferry
