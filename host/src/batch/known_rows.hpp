// What a joblog knows of the rows of earlier batches.
#pragma once

#include "batch/joblog.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace ferry {

enum class Before { never, done, failed };

// Rows are known by their values, so a manifest that was edited or sorted anew still finds them. Of rows with the same
// values, as many count as done as were done, wherever they stood. 16 bytes a row; 40 where places count.
class KnownRows {
  public:
    // A line of a joblog, in its order: each line that says done is one row that is done. Lines of rows that were
    // stopped by a signal, or hold no command of ours, say nothing.
    void add(const JoblogEntry& entry);
    // Once, after the last add(). `places`: the lines are of several joblogs, and pin() follows.
    void seal(bool places = false);

    // Before the first take(), for all rows of the manifest: a line of that row at that place is kept for it. The
    // others go to the rows in their order, so that processes that look while others write find the same for each row.
    void pin(std::uint64_t hash, std::uint64_t row);
    // What is known of the next row with that hash. Takes it off, so ask once for each row, in the manifest's order.
    Before take(std::uint64_t hash, std::uint64_t row);
    bool empty() const { return rows_.empty(); }

    // The workflow files of the lines, as they were given; the first hundred names.
    const std::set<std::string>& workflows() const { return workflows_; }

  private:
    struct Line {
        std::uint64_t hash;
        std::uint64_t seq;
        std::int64_t end_ms;
        Before state;
    };
    struct Row {
        std::uint64_t hash;
        std::uint32_t done;
        std::uint32_t failed;
    };
    struct Place {
        std::uint64_t hash;
        std::uint64_t seq;
        Before state;
        bool pinned;
    };
    void sum_up(const Line* begin, const Line* end, bool places);
    Row* row_of(std::uint64_t hash);
    Place* place_of(std::uint64_t hash, std::uint64_t seq);

    std::vector<Line> lines_;
    std::vector<Row> rows_;     // by hash
    std::vector<Place> places_; // by hash and place
    std::set<std::string> workflows_;
};

} // namespace ferry
