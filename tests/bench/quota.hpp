// Several runners at once on one quota of API calls.
#pragma once

#include "table.hpp"

namespace ferry::bench {

struct Rush {
    std::string name;
    int runners = 4;
    std::uint64_t files = 30; // of each
    unsigned calls = 60;
    unsigned seconds = 6;
};

Line measure_rush(const Rush& rush, const Place& place); // throws std::runtime_error if one of them fails

} // namespace ferry::bench
