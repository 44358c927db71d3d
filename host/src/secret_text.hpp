// Keeping tokens out of what is shown.
#pragma once

#include <set>
#include <string>

namespace ferry {

// The text with the values of these environment variables replaced by "[NAME]": what a command prints may hold a token
// that it was given on purpose.
std::string without_secrets(std::string text, const std::set<std::string>& variables);

} // namespace ferry
