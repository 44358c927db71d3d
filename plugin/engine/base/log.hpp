// Where the engine tells what happens: in lines for people, and as events for programs. Callers leave secrets out.
#pragma once

#include <string_view>

namespace ferry {

struct JobEvent;

enum class LogLevel { error, warn, info, debug };

// Thread-safe.
class Log {
  public:
    virtual ~Log() = default;
    virtual void write(LogLevel level, std::string_view message) = 0;
    // True if a line of this level would be kept; lets callers skip building it.
    virtual bool wants(LogLevel level) const = 0;
    virtual void event(const JobEvent&) {}

    void error(std::string_view message) { write(LogLevel::error, message); }
    void warn(std::string_view message) { write(LogLevel::warn, message); }
    void info(std::string_view message) { write(LogLevel::info, message); }
    void debug(std::string_view message) {
        if (wants(LogLevel::debug))
            write(LogLevel::debug, message);
    }
};

} // namespace ferry
