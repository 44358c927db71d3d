// A log that a test can look into. Thread-safe.
#pragma once

#include "base/log.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::test {

class RecordingLog final : public Log {
  public:
    void write(LogLevel level, std::string_view message) override {
        std::lock_guard lock(mutex_);
        lines_.emplace_back(level, message);
    }
    bool wants(LogLevel) const override { return true; }

    std::vector<std::string> lines(LogLevel level) const {
        std::lock_guard lock(mutex_);
        std::vector<std::string> found;
        for (const auto& [of, text] : lines_)
            if (of == level)
                found.push_back(text);
        return found;
    }
    bool holds(std::string_view text) const {
        std::lock_guard lock(mutex_);
        return std::any_of(lines_.begin(), lines_.end(),
                           [&](const auto& line) { return line.second.find(text) != std::string::npos; });
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::pair<LogLevel, std::string>> lines_;
};

} // namespace ferry::test
