// What a command inherits, and where its program is found.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ferry {

using EnvironmentChanges = std::map<std::string, std::optional<std::string>>; // nullopt: removed

// NAME=VALUE of this process's environment without `hidden`, then `changes`, which may name a hidden one.
std::vector<std::string> child_environment(const std::set<std::string>& hidden, const EnvironmentChanges& changes);

// Empty if it is not there.
std::string_view variable_of(const std::vector<std::string>& environment, std::string_view name);

struct NotFound {
    std::string reason; // one sentence
};
// The file to execute for `name`: itself if it holds a slash, else the first of the PATH. Relative names and folders
// refer to `cwd`.
std::variant<std::string, NotFound> find_program(const std::string& name, const std::string& cwd,
                                                 std::string_view path);

} // namespace ferry
