// Files that other programs read: there whole or not at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ferry {

// Replaces `path` by a file with that content: written beside it, synced, renamed. Refuses whatever exists at `path`
// and is no regular file (a symbolic link too). nullopt when it is on disk; else what failed and why, and `path` is as
// it was.
std::optional<std::string> write_atomically(const std::string& path, std::string_view content);

// The same for a file of the state directory: mode 0600, not synced, so that after a power cut it may be old, empty or
// gone. For what is checked when it is read and costs little when it is lost.
std::optional<std::string> replace_private_file(const std::string& path, std::string_view content);

} // namespace ferry
