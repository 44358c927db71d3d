// The files around a command: its three streams, what it reads, what it leaves.
#pragma once

#include "unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ferry {

struct FileError {
    std::string reason; // one sentence
};
template <typename Value> using FileResult = std::variant<Value, FileError>;

// Neither hangs on a FIFO whose other side is missing. An output file is made, or emptied if it is there.
FileResult<UniqueFd> open_command_input(const std::string& path);
FileResult<UniqueFd> open_command_output(const std::string& path);

// Makes the folder and those above it that are missing, mode 0700.
std::optional<FileError> make_run_folder(const std::string& path);

// What a file was before the command began, to see whether the command has touched it: writing changes the time of the
// status, whatever a tool does with the time of change.
struct FileMoment {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t changed_ns = 0; // its status

    bool operator==(const FileMoment&) const = default;
};
std::optional<FileMoment> moment_of(const std::string& path); // nullopt: no regular file is there

// A regular file is there, as an earlier attempt may have left it.
bool is_kept_output(const std::string& path);

// A new file of mode 0600; one of an earlier life with that name is replaced, never followed or shared.
FileResult<UniqueFd> open_kept_output(const std::string& path);

// The last `count` non-empty lines of a regular file, read from its last 16 KiB; of lines that were drawn over with
// carriage returns the last state. `clean` is given all of it, a part before included, before it is cut into lines, so
// that no token is cut in two. Empty if it cannot be read.
std::vector<std::string> last_lines(const std::string& path, std::size_t count,
                                    const std::function<std::string(std::string)>& clean);

// `path` made absolute against `base`, "." and double slashes left out, links and ".." kept.
std::string absolute_path(const std::string& base, const std::string& path);

// What a path or glob names now: existing absolute paths, or why none.
FileResult<std::vector<std::string>> existing_paths(const std::string& base, const std::string& path_or_glob);

} // namespace ferry
