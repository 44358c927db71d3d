// Who could have put code into a plugin file: nobody but root and the user, or it is not loaded.
#pragma once

#include <optional>
#include <string>

namespace ferry {

// Why plugins in this folder may not be used, as one sentence; nullopt if they may. Links are followed: what counts is
// the folder that they lead to.
std::optional<std::string> unsafe_folder(const std::string& path);

// Why this file may not be loaded: missing, a dangling link, no regular file, owned or writable by others (it or the
// folder that it really lies in), or no shared library of this machine. Opens it without blocking.
std::optional<std::string> unsafe_plugin_file(const std::string& path);

} // namespace ferry
