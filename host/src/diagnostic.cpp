#include "diagnostic.hpp"

#include <algorithm>

namespace ferry {

bool has_errors(const Diagnostics& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return !d.warning; });
}

std::string to_text(const Diagnostic& diagnostic) {
    std::string place = diagnostic.file;
    if (diagnostic.line > 0)
        place += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column);
    std::string text;
    if (!place.empty())
        text += place + ": ";
    if (!diagnostic.pointer.empty())
        text += diagnostic.pointer + ": ";
    text += diagnostic.found;
    if (!diagnostic.found.empty() && !diagnostic.allowed.empty())
        text += "; ";
    return text + diagnostic.allowed;
}

} // namespace ferry
