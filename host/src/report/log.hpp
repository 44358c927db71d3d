// Lines for people, by level.
#pragma once

#include "report/console.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ferry {

// error, warn, info or debug -> FERRY_LOG_*.
std::optional<int> log_level(std::string_view name);

// Thread-safe once set up.
class Log {
  public:
    Log(Console& console, int level) : console_(console), level_(level) {}

    // Values of these variables are never shown. Only while one thread logs.
    void hide(std::set<std::string> variables) { hidden_ = std::move(variables); }

    bool shows(int level) const { return level <= level_; }
    // "ferry: warning: [step] message"; control bytes are escaped, and a message of several lines has the prefix on
    // each. `step` may be empty.
    void write(int level, std::string_view step, std::string_view message) const;
    void error(std::string_view message) const;
    void warn(std::string_view message) const;
    void info(std::string_view message) const;
    void debug(std::string_view message) const;
    // "ferry: message" at every level, and never cut: for a command to be copied.
    void always(std::string_view message) const;

  private:
    void put(const std::string& prefix, std::string_view message, std::size_t longest) const;

    Console& console_;
    const int level_;
    std::set<std::string> hidden_;
};

} // namespace ferry
