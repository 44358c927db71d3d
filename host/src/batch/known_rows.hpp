// What a joblog knows of the rows of earlier batches.
#pragma once

#include "batch/joblog.hpp"

#include <cstdint>
#include <vector>

namespace ferry {

enum class Before { never, done, failed };

// Rows are known by their values, so a manifest that was edited or sorted anew still finds them. Of rows with the same
// values, as many count as done as were done, wherever they stood. 16 bytes a row.
class KnownRows {
  public:
    // A line of the joblog, in its order: each line that says done is one row that is done. Lines of rows that were
    // stopped by a signal, or hold no command of ours, say nothing.
    void add(const JoblogEntry& entry);
    // Once, after the last add().
    void seal();

    // What is known of the next row with that hash. Takes it off, so ask once for each row.
    Before take(std::uint64_t hash);
    bool empty() const { return rows_.empty(); }

  private:
    struct Line {
        std::uint64_t hash;
        std::uint64_t seq;
        Before state;
    };
    struct Row {
        std::uint64_t hash;
        std::uint32_t done;
        std::uint32_t failed;
    };
    static Row sum_of(const Line* begin, const Line* end);

    std::vector<Line> lines_;
    std::vector<Row> rows_; // by hash
};

} // namespace ferry
