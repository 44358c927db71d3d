#include "batch/known_rows.hpp"

#include "batch/row_text.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace ferry {

namespace {

constexpr std::size_t kMostWorkflows = 100;

// What no number of a joblog's own line says is 0.
std::int64_t end_of(const JoblogEntry& entry) {
    constexpr double most = 1e12; // in seconds
    const double end = entry.start + entry.runtime;
    return end > 0 && end < most ? static_cast<std::int64_t>(end * 1000) : 0;
}

} // namespace

void KnownRows::add(const JoblogEntry& entry) {
    const auto row = parse_row_command(entry.command);
    if (!row)
        return;
    if (workflows_.size() < kMostWorkflows)
        workflows_.insert(row->workflow);
    const bool done = entry.exit_code == 0 && entry.signal == 0;
    lines_.push_back({row_hash(row->values), entry.seq, end_of(entry),
                      done                ? Before::done
                      : entry.signal == 0 ? Before::failed
                                          : Before::never});
}

// The lines of rows with the same values, in their order: each success is one more row that is done, and makes good one
// failure before it, that of the same place if there is one, as the row may have moved in the table since.
void KnownRows::sum_up(const Line* begin, const Line* end, bool places) {
    Row row{begin->hash, 0, 0};
    std::set<std::uint64_t> failed; // places
    std::map<std::uint64_t, Before> at;
    for (const Line* line = begin; line != end; ++line) {
        if (line->state == Before::failed)
            failed.insert(line->seq);
        else if (failed.erase(line->seq) == 0 && line->state == Before::done && !failed.empty())
            failed.erase(failed.begin());
        row.done += line->state == Before::done ? 1 : 0;
        if (places && line->state == Before::done)
            at[line->seq] = Before::done;
    }
    row.failed = static_cast<std::uint32_t>(failed.size());
    rows_.push_back(row);
    if (!places)
        return;
    for (const std::uint64_t seq : failed)
        at.emplace(seq, Before::failed);
    for (const auto& [seq, state] : at)
        places_.push_back({row.hash, seq, state, false});
}

void KnownRows::seal(bool places) {
    std::stable_sort(lines_.begin(), lines_.end(), [places](const Line& a, const Line& b) {
        return a.hash != b.hash ? a.hash < b.hash : places && a.end_ms < b.end_ms;
    });
    for (const Line* begin = lines_.data(); begin != lines_.data() + lines_.size();) {
        const Line* end = begin;
        while (end != lines_.data() + lines_.size() && end->hash == begin->hash)
            ++end;
        sum_up(begin, end, places);
        begin = end;
    }
    lines_.clear();
    lines_.shrink_to_fit();
    rows_.shrink_to_fit();
    places_.shrink_to_fit();
}

KnownRows::Row* KnownRows::row_of(std::uint64_t hash) {
    const auto found = std::lower_bound(rows_.begin(), rows_.end(), hash,
                                        [](const Row& row, std::uint64_t h) { return row.hash < h; });
    return found == rows_.end() || found->hash != hash ? nullptr : &*found;
}

KnownRows::Place* KnownRows::place_of(std::uint64_t hash, std::uint64_t seq) {
    const auto found =
        std::lower_bound(places_.begin(), places_.end(), std::tie(hash, seq),
                         [](const Place& place, const auto& key) { return std::tie(place.hash, place.seq) < key; });
    return found == places_.end() || found->hash != hash || found->seq != seq ? nullptr : &*found;
}

void KnownRows::pin(std::uint64_t hash, std::uint64_t row) {
    Place* place = place_of(hash, row);
    if (!place || place->pinned)
        return;
    place->pinned = true;
    Row& rest = *row_of(hash);
    --(place->state == Before::done ? rest.done : rest.failed);
}

Before KnownRows::take(std::uint64_t hash, std::uint64_t row) {
    if (const Place* place = place_of(hash, row); place && place->pinned)
        return place->state;
    Row* found = row_of(hash);
    if (!found || found->done + found->failed == 0)
        return Before::never;
    const Before state = found->done > 0 ? Before::done : Before::failed;
    --(state == Before::done ? found->done : found->failed);
    return state;
}

} // namespace ferry
