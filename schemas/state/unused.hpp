// When a piece of the state counts as used by nobody, and how often that is looked for. By the file system's own clock:
// machines that share a state directory may have others.
#pragma once

#include "state/private_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

inline constexpr std::int64_t kept_unused_days = 90;

// When a file or folder was last written, in ns; of a link itself. nullopt: there is none.
std::optional<std::int64_t> written_at(const std::string& path);

// Now, if nobody has tidied the folder within the last hour, which is noted in it; else nullopt. A folder that does not
// let us is not tidied.
std::optional<std::int64_t> tidy_turn(const PrivateFolder& folder);

// True if it is there and was last written kept_unused_days before `now` or earlier.
bool long_unused(const std::string& path, std::int64_t now);

// The folder's names, each once, from a random one on: so that of a large folder every turn looks at another piece.
std::vector<std::string> names_from_anywhere(const PrivateFolder& folder);

} // namespace ferry
