#include "sink/counters.hpp"

#include <sys/resource.h>
#include <utility>

namespace ferry::bench {

namespace {

std::uint64_t own_cpu_us() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto us = [](const timeval& time) { return time.tv_sec * 1'000'000 + time.tv_usec; };
    return static_cast<std::uint64_t>(us(used.ru_utime) + us(used.ru_stime));
}

} // namespace

std::string to_json(const Counters& counters) {
    std::string text;
    for (const auto& [name, value] : {std::pair<const char*, std::uint64_t>{"api_calls", counters.api_calls},
                                      {"refused", counters.refused},
                                      {"puts", counters.puts},
                                      {"bytes", counters.bytes},
                                      {"connections", counters.connections},
                                      {"resumed", counters.resumed},
                                      {"cpu_us", own_cpu_us()}})
        text += (text.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + std::to_string(value);
    return text + "}";
}

} // namespace ferry::bench
