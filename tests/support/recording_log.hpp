// A log that a test can look at; keeps every level.
#pragma once

#include "base/job_event.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

class RecordingLog final : public Log {
  public:
    struct Line {
        LogLevel level;
        std::string text;
    };

    void write(LogLevel level, std::string_view message) override {
        std::lock_guard lock(mutex_);
        lines_.push_back({level, std::string(message)});
    }
    bool wants(LogLevel) const override { return true; }

    void event(const JobEvent& event) override {
        std::lock_guard lock(mutex_);
        events_.push_back(event.type + " " + event.json);
    }

    // "type json"
    std::vector<std::string> events() const {
        std::lock_guard lock(mutex_);
        return events_;
    }
    std::vector<Line> lines() const {
        std::lock_guard lock(mutex_);
        return lines_;
    }
    std::size_t count(LogLevel level) const {
        const auto all = lines();
        return static_cast<std::size_t>(
            std::count_if(all.begin(), all.end(), [&](const Line& line) { return line.level == level; }));
    }
    bool contains(LogLevel level, std::string_view text) const {
        const auto all = lines();
        return std::any_of(all.begin(), all.end(), [&](const Line& line) {
            return line.level == level && line.text.find(text) != std::string::npos;
        });
    }
    // The lines of that level, for messages of tests.
    std::string text(LogLevel level) const {
        std::string joined;
        for (const Line& line : lines())
            if (line.level == level)
                joined += line.text + '\n';
        return joined;
    }
    // Anywhere, at any level: for proving that a secret is nowhere.
    bool mentions(std::string_view text) const {
        const auto all = lines();
        return std::any_of(all.begin(), all.end(),
                           [&](const Line& line) { return line.text.find(text) != std::string::npos; });
    }

  private:
    mutable std::mutex mutex_;
    std::vector<Line> lines_;
    std::vector<std::string> events_;
};

} // namespace ferry::test
