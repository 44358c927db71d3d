// What tells whether a file is as it was: its size and time of change, and its content where that was asked for.
#pragma once

#include "schema/json_value.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ferry {

struct FilePrint {
    enum class Kind {
        missing,
        file,
        other // a folder, a device: only that it is there
    };
    std::string path; // absolute
    Kind kind = Kind::missing;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::string sha256; // of the content, 64 hex digits; empty: not asked for

    bool operator==(const FilePrint&) const = default;
};

// Looks at the file behind links. With `content` the file is read, which `stopped` can end; nullopt then, or if it
// cannot be read.
std::optional<FilePrint> print_of(const std::string& path, bool content, const std::function<bool()>& stopped);

// Of two prints of one path: true if nothing tells that the file has changed. With both contents known the time of
// change counts for nothing.
bool same_file_as(const FilePrint& before, const FilePrint& now);

JsonObject::Ptr to_object(const FilePrint& print);
std::optional<FilePrint> print_from(const Json& value); // nullopt if it is none

} // namespace ferry
