#include "transfer/part_plan.hpp"

#include <algorithm>

namespace ferry {
namespace {

constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
    return value / by + (value % by == 0 ? 0 : 1);
}

constexpr std::uint64_t whole_mebibytes(std::uint64_t bytes) {
    return divide_up(bytes, part_limits::mebibyte) * part_limits::mebibyte;
}

} // namespace

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

std::uint64_t choose_part_size(std::optional<std::uint64_t> wanted, std::uint64_t file_size, std::uint64_t job_bytes) {
    if (wanted) {
        const bool fits = PartPlan::make(file_size, *wanted).has_value();
        return fits ? *wanted : least_part_size(file_size);
    }
    constexpr std::uint64_t least = 16 * part_limits::mebibyte;
    constexpr std::uint64_t most = 512 * part_limits::mebibyte;
    const std::uint64_t by_quota = divide_up(job_bytes, 600);
    const std::uint64_t by_count = divide_up(file_size, 9'000);
    const std::uint64_t size = std::clamp(std::max(by_quota, by_count), least, most);
    return std::max(whole_mebibytes(size), least_part_size(file_size));
}

} // namespace ferry
