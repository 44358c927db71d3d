// Rounds of one kind, one seed each, some at once, until enough has been done.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace ferry::test {

struct RoundOptions {
    std::string program;      // for the command that replays
    std::string kind;         // "kill" or "storm"
    std::string unit;         // "kills" or "operations"
    std::uint64_t amount = 1; // of them
    std::uint64_t seed = 1;   // of the first round; the others have those that follow
    unsigned jobs = 1;        // rounds at once
};

// One round with that seed, which answers how much of the amount it has done. Throws on failure. Thread-safe.
using RunRound = std::function<std::uint64_t(std::uint64_t seed)>;

// Tells on standard output what begins, and of each failed round how to replay it. True if none has failed.
bool run_rounds(const RoundOptions& options, const RunRound& round);

} // namespace ferry::test
