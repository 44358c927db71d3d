// The options of `ferry task`: a file, then --set on top.
#pragma once

#include "diagnostic.hpp"

#include <Poco/JSON/Object.h>

#include <string>
#include <utility>
#include <vector>

namespace ferry {

// Null with the reasons in `problems`. `file` may be empty. A dotted key goes into nested objects, made if need be; a
// later one replaces an earlier one; a value is JSON if it parses, else text.
Poco::JSON::Object::Ptr task_options(const std::string& file,
                                     const std::vector<std::pair<std::string, std::string>>& sets,
                                     Diagnostics& problems);

} // namespace ferry
