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
    for (const std::string& part : {place, diagnostic.pointer, diagnostic.found})
        if (!part.empty())
            text += part + ": ";
    if (!diagnostic.allowed.empty())
        return text + diagnostic.allowed;
    return text.substr(0, text.size() - std::min<std::size_t>(2, text.size()));
}

} // namespace ferry
