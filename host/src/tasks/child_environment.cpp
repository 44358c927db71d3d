#include "tasks/child_environment.hpp"

#include "document/text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace ferry {
namespace {

namespace fs = std::filesystem;

enum class Kind { missing, folder, not_executable, program };

Kind kind_of_file(const fs::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0)
        return errno == EACCES ? Kind::not_executable : Kind::missing;
    if (S_ISDIR(info.st_mode))
        return Kind::folder;
    return ::access(file.c_str(), X_OK) == 0 ? Kind::program : Kind::not_executable;
}

std::string in_quotes(const std::string& name) {
    return "'" + printable(name, 200) + "'";
}

std::variant<std::string, NotFound> check_named(const std::string& name, const std::string& cwd) {
    switch (kind_of_file(fs::path(cwd) / name)) {
    case Kind::program:
        return name;
    case Kind::folder:
        return NotFound{"the command " + in_quotes(name) + " is a folder, not a program"};
    case Kind::not_executable:
        return NotFound{"the command " + in_quotes(name) +
                        " may not be executed; give that right with chmod +x, or name its interpreter"};
    case Kind::missing:
        break;
    }
    return NotFound{"the command " + in_quotes(name) + " does not exist (looked for in " + printable(cwd, 400) + ")"};
}

} // namespace

std::vector<std::string> child_environment(const std::set<std::string>& hidden, const EnvironmentChanges& changes) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text(*entry);
        const std::string name(text.substr(0, text.find('=')));
        if (hidden.count(name) == 0 && changes.count(name) == 0)
            result.emplace_back(text);
    }
    for (const auto& [name, value] : changes)
        if (value)
            result.push_back(name + "=" + *value);
    return result;
}

std::string_view variable_of(const std::vector<std::string>& environment, std::string_view name) {
    for (const std::string_view entry : environment)
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return entry.substr(name.size() + 1);
    return {};
}

std::variant<std::string, NotFound> find_program(const std::string& name, const std::string& cwd,
                                                 std::string_view path) {
    if (name.empty())
        return NotFound{"the command's first word, the program, is empty"};
    if (name.find('/') != std::string::npos)
        return check_named(name, cwd);
    if (path.empty())
        path = "/usr/local/bin:/usr/bin:/bin";
    bool seen = false;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find(':', at), path.size());
        const std::string_view folder = path.substr(at, end - at);
        at = end + 1;
        const fs::path file = fs::path(cwd) / folder / name; // an absolute folder replaces cwd, an empty one is cwd
        const Kind kind = kind_of_file(file);
        if (kind == Kind::program)
            return file.string();
        seen = seen || kind == Kind::not_executable;
    }
    if (seen)
        return NotFound{"the command " + in_quotes(name) + " was found in PATH but may not be executed"};
    return NotFound{"the command " + in_quotes(name) +
                    " was not found in PATH; install it, load its module, or give its path"};
}

} // namespace ferry
