// A running bench_sink.
#pragma once

#include "child.hpp"

#include <cstdint>
#include <string>

namespace ferry::bench {

struct Seen {
    std::uint64_t api_calls = 0;
    std::uint64_t refused = 0;
    std::uint64_t puts = 0;
    std::uint64_t bytes = 0;
    std::uint64_t connections = 0;
    std::uint64_t cpu_us = 0; // of the sink itself

    Seen since(const Seen& before) const;
};

class SinkProcess {
  public:
    explicit SinkProcess(const std::vector<std::string>& options); // throws std::runtime_error
    ~SinkProcess();
    SinkProcess(const SinkProcess&) = delete;
    SinkProcess& operator=(const SinkProcess&) = delete;

    const std::string& api() const { return api_; }
    const std::string& storage() const { return storage_; }
    Seen seen() const;

  private:
    std::string line() const;

    int out_ = -1;
    pid_t pid_ = -1;
    std::string api_;
    std::string storage_;
};

// The first member of that name in JSON as our own programs write it; 0 or empty if there is none.
std::uint64_t number_of(const std::string& json, const std::string& key);
std::string text_of(const std::string& json, const std::string& key);

} // namespace ferry::bench
