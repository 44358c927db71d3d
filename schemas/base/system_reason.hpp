// The system's own words for an errno.
#pragma once

#include <string>

namespace ferry {

std::string system_reason(int error); // "No space left on device"; thread-safe

} // namespace ferry
