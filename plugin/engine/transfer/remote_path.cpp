#include "transfer/remote_path.hpp"

#include "document/text.hpp"

#include <algorithm>

namespace ferry {
namespace {

constexpr std::size_t max_name = 255; // characters, not bytes (contract 3)

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

// What cannot be the name of a folder on the platform; empty if it can.
std::string folder_name_problem(std::string_view name) {
    const std::string who = "a folder called " + printable(name, 255);
    if (name == "." || name == "..")
        return "the platform has no folders called \".\" or \"..\"";
    if (!is_utf8(name))
        return who + ": its name is not valid UTF-8, which the platform needs";
    if (name.starts_with("__"))
        return who + ": the platform keeps names that begin with two underscores to itself";
    if (const std::size_t length = characters(name); length > max_name)
        return who + ": its name has " + std::to_string(length) + " characters, and the platform takes at most 255";
    return {};
}

} // namespace

std::string remote_path(std::string_view folder, std::string_view name) {
    return folder.empty() ? std::string(name) : std::string(folder).append("/").append(name);
}

std::string name_problem(std::string_view name) {
    if (name.empty())
        return "its name on the platform would be empty";
    if (name.find('/') != std::string_view::npos)
        return "its name on the platform, " + printable(name) +
               ", may not hold a slash; name the folder with \"folder\"";
    if (!is_utf8(name))
        return "its name is not valid UTF-8, which the platform needs; rename the file";
    if (const std::size_t length = characters(name); length > max_name)
        return "its name has " + std::to_string(length) + " characters, and the platform takes at most 255";
    return {};
}

Result<std::string> clean_folder(std::string_view path) {
    std::string clean;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view name = path.substr(begin, end - begin);
        begin = end + 1;
        if (name.empty())
            continue;
        if (std::string problem = folder_name_problem(name); !problem.empty())
            return Error{ErrorKind::invalid, std::move(problem)};
        clean.append(clean.empty() ? "" : "/").append(name);
    }
    return clean;
}

std::string parent_folder(const std::string& folder) {
    const std::size_t slash = folder.rfind('/');
    return slash == std::string::npos ? std::string() : folder.substr(0, slash);
}

std::string last_name(const std::string& folder) {
    return folder.substr(folder.rfind('/') + 1);
}

} // namespace ferry
