#include "metadata/manifest_rows.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <utility>

namespace ferry {

std::string PathKeys::of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return path;
    const std::string folder = path.substr(0, slash + 1);
    if (folder != folder_ || real_.empty()) {
        const std::unique_ptr<char, decltype(&std::free)> real(::realpath(folder.c_str(), nullptr), &std::free);
        real_ = real ? std::string(real.get()) : folder.substr(0, slash); // one that is missing is told with its file
        folder_ = folder;
    }
    return (real_ == "/" ? std::string() : real_) + path.substr(slash);
}

std::uint64_t ManifestRows::hash_of(std::string_view key) {
    return std::hash<std::string_view>()(key);
}

Status ManifestRows::add(ManifestRow row) {
    const std::string key = keys_.of(row.path);
    const bool winding = row.path.find("/../") != std::string::npos;
    RecordWriter writer;
    writer.text(key).text(winding ? key : row.path).number(row.line).text(packed(row.metadata));
    const auto place = spool_.add(writer.record());
    if (!place.ok())
        return place.error();
    Entry entry;
    entry.hash = hash_of(key);
    entry.place = *place & ~(std::uint64_t{1} << 63);
    entries_.push_back(entry);
    return {};
}

Result<ManifestRows::Found> ManifestRows::at(std::uint64_t place) const {
    const auto record = spool_.at(place);
    if (!record.ok())
        return record.error();
    RecordReader reader(record->record);
    Found found;
    found.key = reader.text();
    found.row.path = reader.text();
    found.row.line = static_cast<std::size_t>(reader.number());
    auto metadata = unpacked(reader.text());
    if (!reader.ok() || !metadata)
        return Error{ErrorKind::internal, "the rows of the manifest read as they were not written"};
    found.row.metadata = std::move(*metadata);
    return found;
}

Result<std::vector<ManifestRows::Doubled>> ManifestRows::sort() {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.hash != b.hash ? a.hash < b.hash : a.place < b.place; });
    std::vector<Doubled> doubled;
    for (std::size_t begin = 0, end = 0; begin < entries_.size(); begin = end) {
        for (end = begin + 1; end < entries_.size() && entries_[end].hash == entries_[begin].hash;)
            ++end;
        std::vector<Found> alike; // of one hash: the same file, but for a chance in 2^64
        for (std::size_t i = begin; end - begin > 1 && i < end; ++i) {
            auto found = at(entries_[i].place);
            if (!found.ok())
                return found.error();
            const auto first =
                std::find_if(alike.begin(), alike.end(), [&](const Found& other) { return other.key == found->key; });
            if (first == alike.end()) {
                alike.push_back(std::move(*found));
            } else {
                entries_[i].taken = 1;
                doubled.push_back({std::move(found->row), first->row.line});
            }
        }
    }
    std::sort(doubled.begin(), doubled.end(),
              [](const Doubled& a, const Doubled& b) { return a.row.line < b.row.line; });
    return doubled;
}

Result<std::optional<ManifestRow>> ManifestRows::take(const std::string& path) {
    if (entries_.empty())
        return std::optional<ManifestRow>();
    const std::string key = keys_.of(path);
    const std::uint64_t hash = hash_of(key);
    auto entry = std::lower_bound(entries_.begin(), entries_.end(), hash,
                                  [](const Entry& one, std::uint64_t wanted) { return one.hash < wanted; });
    for (; entry != entries_.end() && entry->hash == hash; ++entry) {
        auto found = at(entry->place);
        if (!found.ok())
            return found.error();
        if (found->key != key)
            continue;
        entry->taken = 1;
        return std::optional(std::move(found->row));
    }
    return std::optional<ManifestRow>();
}

Result<std::optional<ManifestRow>> ManifestRows::next_left() {
    if (!std::exchange(by_place_, true))
        std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.place < b.place; });
    while (next_ < entries_.size()) {
        const Entry& entry = entries_[next_++];
        if (entry.taken)
            continue;
        auto found = at(entry.place);
        if (!found.ok())
            return found.error();
        return std::optional(std::move(found->row));
    }
    return std::optional<ManifestRow>();
}

} // namespace ferry
