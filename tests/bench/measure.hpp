// Pairs of runs, ferry's and curl's, by turns.
#pragma once

#include "load.hpp"

#include <functional>
#include <vector>

namespace ferry::bench {

struct Run {
    Usage usage;
    Seen seen; // by the sink, during this run
};

struct Pairs {
    Load load;
    std::uint64_t part_size = 0; // that ferry had
    std::uint64_t parts = 0;     // of all files
    std::vector<Run> ferry;
    std::vector<Run> curl; // as many
};

// One of each to warm up, then load.pairs of both, every one against an empty state. curl sends the same parts, each
// from a file of its own, and asks for no URLs. Throws std::runtime_error if a run fails, or less than all arrives.
Pairs measure(const Load& load, const Place& place);

// Of as many values as there are pairs.
struct Spread {
    double median = 0;
    double low = 0; // quartiles
    double high = 0;
};
using Value = std::function<double(const Run&)>;
Spread spread(std::vector<double> values);
Spread spread(const std::vector<Run>& runs, const Value& value);
// Of ferry's value over that of the curl run beside it, so that what else the machine does falls on both.
Spread ratio(const Pairs& pairs, const Value& value);

} // namespace ferry::bench
