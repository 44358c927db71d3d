// Many rows of a batch and many steps of a run: what ferry itself adds to each.
#pragma once

#include "table.hpp"

namespace ferry::bench {

// A batch of uploads of one part each, many rows at once beside one at a time.
struct RowUploads {
    std::string name;
    std::uint64_t rows = 1000;
    std::uint64_t rows_alone = 100; // with --jobs 1, whose time is scaled to all rows
    unsigned jobs = 16;
    unsigned latency_ms = 50; // of API and storage alike
    unsigned runs = 3;
};

Line measure_row_uploads(const RowUploads& uploads, const Place& place); // throws std::runtime_error

// `true` as every row of a batch, or as every step of one run, one at a time.
struct Trues {
    std::string name;
    std::uint64_t count = 10'000;
    bool as_rows = true; // else as steps
    unsigned runs = 3;
};

Line measure_trues(const Trues& trues, const Place& place); // throws std::runtime_error

} // namespace ferry::bench
