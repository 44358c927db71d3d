// Lines about single files, of which a step may have many thousands: a log is to be read after a night.
#pragma once

#include "base/log.hpp"
#include "document/units.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ferry {

// Files of one kind that get a line of their own; those of the others are for debugging.
constexpr std::uint64_t most_files_told = 20;

// Lines of one kind. Not thread-safe.
class FirstLines {
  public:
    explicit FirstLines(Log& log, LogLevel usual = LogLevel::info) : log_(log), usual_(usual) {}

    // Takes the line's number; then `level()` is the line's.
    void next() { ++count_; }
    LogLevel level() const { return count_ <= most_files_told ? usual_ : LogLevel::debug; }
    bool wanted() const { return log_.wants(level()); }
    void write(std::string_view line) { log_.write(level(), line); }
    void tell(std::string_view line) {
        next();
        write(line);
    }
    // True at the first line that is only for debugging.
    bool first_beyond() const { return count_ == most_files_told + 1; }
    // One line for those beyond, if there were any. `what` is said of the files.
    void sum_up(const std::string& what) {
        if (count_ > most_files_told)
            log_.info(what + ": " + count_of(count_ - most_files_told, "more file") +
                      ", each told at the log level debug");
    }

  private:
    Log& log_;
    const LogLevel usual_;
    std::uint64_t count_ = 0;
};

} // namespace ferry
