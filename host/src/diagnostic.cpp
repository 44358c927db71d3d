#include "diagnostic.hpp"

#include "document/text.hpp"

#include <algorithm>

namespace ferry {

namespace {

constexpr std::size_t kLongestPlace = 4096; // bytes shown of a path or pointer

} // namespace

bool has_errors(const Diagnostics& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return !d.warning; });
}

std::string to_text(const Diagnostic& diagnostic) {
    std::string place = printable(diagnostic.file, kLongestPlace);
    if (diagnostic.line > 0)
        place += ":" + std::to_string(diagnostic.line);
    if (diagnostic.line > 0 && diagnostic.column > 0)
        place += ":" + std::to_string(diagnostic.column);
    std::string text;
    if (!place.empty())
        text += place + ": ";
    if (!diagnostic.pointer.empty())
        text += printable(diagnostic.pointer, kLongestPlace) + ": ";
    text += diagnostic.found;
    if (!diagnostic.found.empty() && !diagnostic.allowed.empty())
        text += "; ";
    return text + diagnostic.allowed;
}

} // namespace ferry
