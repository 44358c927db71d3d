// The scripts that make a shell complete ferry's command line; completion/embed.cmake makes the text of them.
#pragma once

#include <string_view>

namespace ferry {

// `shell`: bash, zsh or fish.
std::string_view completion_script(std::string_view shell);

} // namespace ferry
