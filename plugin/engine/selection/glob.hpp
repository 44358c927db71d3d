// File name patterns: *, ?, [...] within one component; ** for any number of folders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ferry {

// True if the text holds a character that makes it a pattern.
bool has_glob(std::string_view text);

// Whether a name (one component) matches a pattern. `?` and a class stand for one character of UTF-8, or one byte where
// the name is no UTF-8; a class may hold ranges and begin with ! or ^; a `[` without its `]`, and a backslash, stand
// for themselves. A leading dot must be matched by a dot.
bool matches_name(std::string_view pattern, std::string_view name);

struct GlobResult {
    std::vector<std::string> files;    // sorted by bytes, each once; regular files, links to them included
    std::vector<std::string> warnings; // what was passed over: one sentence each
};

// Expands a pattern below an absolute folder, whose own name is no pattern; an absolute pattern stands alone. `**`
// alone as a component stands for any number of folders, also none; it enters neither links to folders nor hidden
// folders. As the last component it stands for all files below. Folders are never results.
GlobResult expand_glob(const std::string& folder, const std::string& pattern);

} // namespace ferry
