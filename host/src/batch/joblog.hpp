// The joblog: one line for each row that has ended, in the columns of GNU parallel.
#pragma once

#include "unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ferry {

struct JoblogEntry {
    std::uint64_t seq = 0; // the row's number
    std::string host;
    double start = 0;   // Unix time
    double runtime = 0; // seconds
    int exit_code = 0;
    int signal = 0; // that stopped it
    std::string command;
};

// With its line end. A tab or line end in host or command would break the line: row_command() has none.
std::string to_line(const JoblogEntry& entry);
std::optional<JoblogEntry> parse_joblog_line(std::string_view line); // without its line end

// "rows.joblog" -> "rows.2-of-8.joblog".
std::string with_shard(const std::string& path, std::uint64_t index, std::uint64_t count);

// One process at a time writes to a joblog: it is locked while it is open (fcntl; where the file system has no locks,
// nothing is excluded).
class Joblog {
  public:
    enum class Mode {
        fresh,    // what was there is kept as FILE.old
        go_on,    // what is there is kept, but for a last line that was cut off
        read_only // nothing is made, changed or locked
    };
    struct Known {
        std::function<void(const JoblogEntry&)> entry; // told each line that is there, but in a fresh one
        std::uint64_t odd_lines = 0;                   // that are none of a joblog's
    };

    // Or why not, as a sentence: the file is no regular one, holds something else, is in use.
    static std::variant<std::unique_ptr<Joblog>, std::string> open(const std::string& path, Mode mode, Known& known);

    const std::string& path() const { return path_; }
    // In one write. What went wrong, as a sentence; the file then ends with the last whole line. Not thread-safe.
    std::optional<std::string> append(const JoblogEntry& entry);
    // To the disk. What is wrong, as a sentence: so, too, if the file is no longer there, as nobody will read it then.
    std::optional<std::string> sync();

  private:
    Joblog(std::string path, UniqueFd file) : path_(std::move(path)), file_(std::move(file)) {}
    std::optional<std::string> write(std::string_view text);
    std::optional<std::string> read(Known& known);
    std::optional<std::string> begin();

    const std::string path_;
    UniqueFd file_;
    std::int64_t size_ = 0; // of what is whole
};

} // namespace ferry
