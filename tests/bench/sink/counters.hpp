// What the sink has seen since its start.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace ferry::bench {

struct Counters {
    std::atomic<std::uint64_t> api_calls{0};   // refused ones too
    std::atomic<std::uint64_t> refused{0};     // answered 429
    std::atomic<std::uint64_t> puts{0};        // whole ones
    std::atomic<std::uint64_t> bytes{0};       // of their bodies
    std::atomic<std::uint64_t> connections{0}; // to both ports
    std::atomic<std::uint64_t> resumed{0};     // of these, with the TLS session of an earlier one
};

std::string to_json(const Counters& counters); // and the processor time that the sink itself has taken

} // namespace ferry::bench
