// Files below the state directory: the user's alone, opened without following links, replaced whole or not at all.
#pragma once

#include "base/descriptor.hpp"
#include "base/status.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

// One folder of mode 0700. Thread-safe. Names are plain: no slash. Errors name the path and what to do.
class PrivateFolder {
  public:
    // Makes the folder if it is missing. Refused: a link, another owner, rights for others. `read_only`: makes nothing.
    static Result<PrivateFolder> open(const std::string& path, bool read_only = false);

    const std::string& path() const { return path_; }
    std::string path_of(const std::string& name) const { return path_ + "/" + name; }

    // A new file of mode 0600, open for writing; kind `conflict` if the name is taken.
    Result<Descriptor> create(const std::string& name) const;
    // An existing regular file of the user's, open for reading; kind not_found if there is none.
    Result<Descriptor> read(const std::string& name) const;
    Status rename(const std::string& from, const std::string& to) const;     // replaces
    Status link(const std::string& existing, const std::string& name) const; // kind `conflict` if the name is taken
    void remove(const std::string& name) const;                              // what is not there needs no removing
    void sync() const; // makes names durable where folders can be synced
    Result<std::vector<std::string>> names() const;

    // Symbolic links that hold a word, not a path: made and read in one step. kind `conflict` if the name is taken.
    Status note(const std::string& name, const std::string& word) const;
    std::optional<std::string> noted(const std::string& name) const;

  private:
    PrivateFolder(Descriptor folder, std::string path) : folder_(std::move(folder)), path_(std::move(path)) {}
    Error failed(const std::string& name, const std::string& what, int error) const;

    Descriptor folder_;
    std::string path_;
};

// Writes all of it; an error holds the system's reason alone.
Status write_all(int fd, std::string_view bytes);
// At most `limit` bytes from the start.
Result<std::string> read_all(int fd, std::size_t limit);
// Calls `line` for each line that ends; a last one without its end is left out, and so is one of more than 1 MiB (as a
// view of nothing at all, whose data() is null). False if reading failed.
bool for_each_line(int fd, const std::function<void(std::string_view)>& line);

} // namespace ferry
