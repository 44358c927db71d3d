#include "transfer/part_plan.hpp"

#include <algorithm>

namespace ferry {

std::optional<PartPlan> PartPlan::make(std::uint64_t file_size, std::uint64_t part_size) {
    if (part_size == 0)
        return std::nullopt;
    const std::uint64_t count = std::max<std::uint64_t>(1, divide_up(file_size, part_size));
    if (count > part_limits::max_parts)
        return std::nullopt;
    PartPlan plan;
    plan.file_size_ = file_size;
    plan.part_size_ = part_size;
    plan.count_ = static_cast<std::uint32_t>(count);
    return plan;
}

PartRange PartPlan::range(std::uint32_t number) const {
    // The server may name a part size near 2^64, but then there is one part: the product stays below the file size.
    const std::uint64_t offset = (number - 1) * part_size_;
    return {offset, std::min(part_size_, file_size_ - offset)};
}

std::uint64_t least_part_size(std::uint64_t file_size) {
    return std::max(part_limits::min_part_size, whole_mebibytes(divide_up(file_size, part_limits::max_parts)));
}

} // namespace ferry
