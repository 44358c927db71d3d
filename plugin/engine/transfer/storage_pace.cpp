#include "transfer/storage_pace.hpp"

#include <algorithm>

namespace ferry {

void StoragePace::stored(std::uint64_t bytes, Duration time) {
    if (bytes < least_part)
        return;
    std::lock_guard lock(mutex_);
    bytes_ = memory * bytes_ + static_cast<double>(bytes);
    seconds_ = memory * seconds_ + std::max(0.001, static_cast<double>(time.count()) / 1000);
}

std::optional<double> StoragePace::bytes_per_second() const {
    std::lock_guard lock(mutex_);
    if (bytes_ <= 0)
        return std::nullopt;
    return bytes_ / seconds_;
}

} // namespace ferry
