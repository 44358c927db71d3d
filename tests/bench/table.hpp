// The result: lines of one Markdown table, printed as they come.
#pragma once

#include "measure.hpp"

#include <string>
#include <vector>

namespace ferry::bench {

struct Line {
    std::string name;
    std::string wall_ferry = "-";
    std::string wall_curl = "-";
    std::string wall_ratio = "-";
    std::string cpu_ferry = "-";
    std::string cpu_curl = "-";
    std::string cpu_ratio = "-";
    std::string peak_ferry = "-";
    std::string peak_curl = "-";
    std::string calls = "-";
    std::string further = {};
};

void print_heading();
void print(const Line& line);

std::string fixed(double value, int digits);
std::string with_quartiles(const Spread& spread);

// What every pair of runs tells.
Line line_of(const Pairs& pairs);

// What MD5 takes by itself, in each form that this processor has: `verify etag` can never cost less on top of sending.
// `size`: bytes that each form hashes.
Line measure_md5(std::uint64_t size, const Place& place);

} // namespace ferry::bench
