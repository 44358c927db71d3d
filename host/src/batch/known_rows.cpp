#include "batch/known_rows.hpp"

#include "batch/row_text.hpp"

#include <algorithm>
#include <set>

namespace ferry {

void KnownRows::add(const JoblogEntry& entry) {
    const auto values = values_of_command(entry.command);
    if (!values)
        return;
    const bool done = entry.exit_code == 0 && entry.signal == 0;
    lines_.push_back({row_hash(*values), entry.seq,
                      done                ? Before::done
                      : entry.signal == 0 ? Before::failed
                                          : Before::never});
}

// The lines of rows with the same values, in their order: each success is one more row that is done, and makes good one
// failure before it, that of the same place if there is one, as the row may have moved in the table since.
KnownRows::Row KnownRows::sum_of(const Line* begin, const Line* end) {
    Row row{begin->hash, 0, 0};
    std::set<std::uint64_t> failed; // places
    for (const Line* line = begin; line != end; ++line) {
        if (line->state == Before::failed)
            failed.insert(line->seq);
        else if (failed.erase(line->seq) == 0 && line->state == Before::done && !failed.empty())
            failed.erase(failed.begin());
        row.done += line->state == Before::done ? 1 : 0;
    }
    row.failed = static_cast<std::uint32_t>(failed.size());
    return row;
}

void KnownRows::seal() {
    std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) { return a.hash < b.hash; });
    for (const Line* begin = lines_.data(); begin != lines_.data() + lines_.size();) {
        const Line* end = begin;
        while (end != lines_.data() + lines_.size() && end->hash == begin->hash)
            ++end;
        rows_.push_back(sum_of(begin, end));
        begin = end;
    }
    lines_.clear();
    lines_.shrink_to_fit();
    rows_.shrink_to_fit();
}

Before KnownRows::take(std::uint64_t hash) {
    const auto found = std::lower_bound(rows_.begin(), rows_.end(), hash,
                                        [](const Row& row, std::uint64_t h) { return row.hash < h; });
    if (found == rows_.end() || found->hash != hash)
        return Before::never;
    std::uint32_t& left = found->done > 0 ? found->done : found->failed;
    if (left == 0)
        return Before::never;
    const Before state = &left == &found->done ? Before::done : Before::failed;
    --left;
    return state;
}

} // namespace ferry
