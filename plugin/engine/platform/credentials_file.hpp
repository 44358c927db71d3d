// ~/.sevenbridges/credentials: an INI file with one section per profile (contract 6).
#pragma once

#include "base/secret.hpp"
#include "base/status.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace ferry {

struct Profile {
    std::string endpoint; // empty if absent
    Secret token;         // empty if absent
};

// Profiles by name; unknown keys are ignored. An error names `path` and the line, and quotes nothing of it.
Result<std::map<std::string, Profile>> parse_credentials(std::string_view text, const std::string& path);

struct SmallFile {
    std::string text;
    bool open_to_others = false; // its group or everybody may read or write it
};

// The whole of a regular file of at most `limit` bytes. not_found if there is none.
Result<SmallFile> read_small_file(const std::string& path, std::size_t limit);

} // namespace ferry
