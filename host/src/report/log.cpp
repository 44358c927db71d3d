#include "report/log.hpp"

#include "document/text.hpp"
#include "ferry_plugin.h"
#include "secret_text.hpp"

#include <limits>

namespace ferry {
namespace {

constexpr std::size_t longest_line = 16384;

const char* prefix_of(int level) {
    switch (level) {
    case FERRY_LOG_ERROR:
        return "ferry: error: ";
    case FERRY_LOG_WARN:
        return "ferry: warning: ";
    case FERRY_LOG_INFO:
        return "ferry: ";
    default:
        return "ferry: debug: ";
    }
}

} // namespace

std::optional<int> log_level(std::string_view name) {
    if (name == "error")
        return FERRY_LOG_ERROR;
    if (name == "warn")
        return FERRY_LOG_WARN;
    if (name == "info")
        return FERRY_LOG_INFO;
    if (name == "debug")
        return FERRY_LOG_DEBUG;
    return std::nullopt;
}

void Log::write(int level, std::string_view step, std::string_view message) const {
    if (!shows(level))
        return;
    std::string prefix = prefix_of(level);
    if (!step.empty())
        prefix += "[" + printable(step) + "] ";
    put(prefix, message, longest_line);
}

void Log::put(const std::string& prefix, std::string_view message, std::size_t longest) const {
    const std::string safe = without_secrets(std::string(message), hidden_);
    std::string_view rest = safe;
    std::string text;
    do {
        const std::size_t end = rest.find('\n');
        text += (text.empty() ? "" : "\n") + prefix + printable(rest.substr(0, end), longest);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    } while (!rest.empty());
    console_.line(text);
}

void Log::always(std::string_view message) const {
    put(prefix_of(FERRY_LOG_INFO), message, std::numeric_limits<std::size_t>::max());
}
void Log::error(std::string_view message) const {
    write(FERRY_LOG_ERROR, {}, message);
}
void Log::warn(std::string_view message) const {
    write(FERRY_LOG_WARN, {}, message);
}
void Log::info(std::string_view message) const {
    write(FERRY_LOG_INFO, {}, message);
}
void Log::debug(std::string_view message) const {
    write(FERRY_LOG_DEBUG, {}, message);
}

} // namespace ferry
