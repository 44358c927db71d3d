// The INI files that all Seven Bridges tools share, line by line (contract 6).
#pragma once

#include "base/status.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace ferry {

struct IniLine {
    enum class Kind {
        section,
        setting,
        bare,     // neither of the two
        unclosed, // a section whose name has no closing bracket
    };
    Kind kind = Kind::bare;
    std::size_t number = 0; // from 1
    std::string name;       // the section's; or the key, in lower case: these tools compare keys without case
    std::string_view value; // of a setting
};

// Tolerates a BOM, CRLF, comments, padding and ':' for '='. `take` gets each line that holds something, and answers
// what is wrong with it, or an empty text. The error for the first wrong one names `path` and the line, and quotes
// nothing.
Status read_ini(std::string_view text, const std::string& path, const std::function<std::string(const IniLine&)>& take);

} // namespace ferry
