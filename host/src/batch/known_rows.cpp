#include "batch/known_rows.hpp"

#include "batch/row_text.hpp"

#include <algorithm>

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

void KnownRows::seal() {
    std::stable_sort(lines_.begin(), lines_.end(),
                     [](const Line& a, const Line& b) { return a.hash != b.hash ? a.hash < b.hash : a.seq < b.seq; });
    for (std::size_t at = 0; at < lines_.size();) {
        const Line& first = lines_[at];
        Before state = Before::never;
        for (; at < lines_.size() && lines_[at].hash == first.hash && lines_[at].seq == first.seq; ++at)
            state = state == Before::done ? state : lines_[at].state;
        if (rows_.empty() || rows_.back().hash != first.hash)
            rows_.push_back({first.hash, 0, 0});
        rows_.back().done += state == Before::done ? 1 : 0;
        rows_.back().failed += state == Before::failed ? 1 : 0;
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
