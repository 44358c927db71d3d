// Globs over local files: * ? [] within one name, ** over any depth of folders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ferry {

bool is_glob(std::string_view text); // holds *, ? or [

// Existing paths that match, sorted by bytes. The pattern is absolute. A name that begins with a dot needs a dot in the
// pattern; ** does not enter linked or hidden folders; a backslash takes the next character literally. What cannot be
// read counts as empty.
std::vector<std::string> glob_paths(const std::string& pattern);

} // namespace ferry
