#include "resume/uploads_under_way.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

std::uint32_t UploadsUnderWay::new_number() {
    std::lock_guard lock(mutex_);
    return next_number_++;
}

std::optional<std::uint32_t> UploadsUnderWay::number_of(const std::string& name) const {
    std::lock_guard lock(mutex_);
    const auto found = files_.find(name);
    return found == files_.end() ? std::nullopt : std::optional(found->second.number);
}

std::uint32_t UploadsUnderWay::number_for(const std::string& name) {
    std::lock_guard lock(mutex_);
    const auto found = files_.find(name);
    return found == files_.end() ? next_number_++ : found->second.number;
}

void UploadsUnderWay::begin(const std::string& name, std::uint32_t number, std::string placed) {
    std::lock_guard lock(mutex_);
    files_.insert_or_assign(name, UnderWay{.number = number, .placed = std::move(placed)});
}

void UploadsUnderWay::take_over(const SavedFile& file, std::uint32_t number) {
    UnderWay way{.number = number, .placed = file.placed(), .upload_id = file.upload_id};
    for (const auto& [part, stored] : file.parts)
        way.parts[part] = stored.size;
    std::lock_guard lock(mutex_);
    files_.insert_or_assign(file.name, std::move(way));
}

void UploadsUnderWay::opened(const std::string& name, const std::string& upload_id) {
    std::lock_guard lock(mutex_);
    if (const auto found = files_.find(name); found != files_.end()) {
        found->second.upload_id = upload_id;
        found->second.parts.clear();
    }
}

void UploadsUnderWay::stored(const std::string& name, std::uint32_t part, std::uint64_t size) {
    std::lock_guard lock(mutex_);
    if (const auto found = files_.find(name); found != files_.end())
        found->second.parts[part] = size;
}

void UploadsUnderWay::closed(const std::string& name) {
    std::lock_guard lock(mutex_);
    if (const auto found = files_.find(name); found != files_.end())
        found->second.upload_id.clear();
}

void UploadsUnderWay::forget(const std::string& name) {
    std::lock_guard lock(mutex_);
    files_.erase(name);
}

std::optional<std::string> UploadsUnderWay::placed(const std::string& name) const {
    std::lock_guard lock(mutex_);
    const auto found = files_.find(name);
    return found == files_.end() ? std::nullopt : std::optional(found->second.placed);
}

LeftUploads UploadsUnderWay::left() const {
    std::lock_guard lock(mutex_);
    LeftUploads left;
    std::vector<std::pair<std::string, std::string>> open; // name, upload id
    for (const auto& [name, way] : files_) {
        if (way.upload_id.empty())
            continue;
        open.emplace_back(name, way.upload_id);
        for (const auto& [part, size] : way.parts)
            left.bytes_stored += size;
    }
    std::sort(open.begin(), open.end());
    for (auto& [name, upload_id] : open)
        left.upload_ids.push_back(std::move(upload_id));
    return left;
}

} // namespace ferry
