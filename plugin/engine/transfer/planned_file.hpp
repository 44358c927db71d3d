// A local file that has passed the checks.
#pragma once

#include "transfer/file_source.hpp"

#include <cstddef>
#include <string>

namespace ferry {

struct PlannedFile {
    std::string path; // absolute
    std::string name; // on the platform
    FileIdentity identity;
    std::size_t position = 0; // among the files of the step, from 0
    std::string replaces{};   // id of the file on the platform that it is to replace
};

} // namespace ferry
