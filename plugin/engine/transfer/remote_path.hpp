// Names and folders on the platform, and what it would refuse in them (contract 8).
#pragma once

#include "base/status.hpp"

#include <string>
#include <string_view>

namespace ferry {

std::string remote_path(std::string_view folder, std::string_view name);

// What the platform would refuse in a file's name: empty if nothing.
std::string name_problem(std::string_view name);

// A folder's path below the target without the slashes at its ends and doubled ones; empty: the target itself. The
// error says what of it cannot be a folder's name.
Result<std::string> clean_folder(std::string_view path);

// The folder that holds it: of "a/b" it is "a", of "a" it is empty.
std::string parent_folder(const std::string& folder);
std::string last_name(const std::string& folder);

} // namespace ferry
