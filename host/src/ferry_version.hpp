// The version of this build, as CMake's project() says.
#pragma once

#include <string_view>

namespace ferry {

std::string_view version();

} // namespace ferry
