// How a file is cut into parts: pure arithmetic, 64 bits everywhere.
#pragma once

#include <cstdint>
#include <optional>

namespace ferry {

// Contract section 3, the same as S3's. The bounds of a part's size hold where we choose it; the server's answer wins.
namespace part_limits {
inline constexpr std::uint64_t mebibyte = 1u << 20;
inline constexpr std::uint64_t max_parts = 10'000;
inline constexpr std::uint64_t min_part_size = 5 * mebibyte;
inline constexpr std::uint64_t max_part_size = 5 * 1024 * mebibyte;
inline constexpr std::uint64_t max_object_size = 5 * 1024 * 1024 * mebibyte;
} // namespace part_limits

struct PartRange {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

// Parts of a file: all of the part size but the last, which holds the rest. An empty file has one empty part.
class PartPlan {
  public:
    PartPlan() = default; // one empty part
    // nullopt if the part size is 0 or gives more than 10,000 parts.
    static std::optional<PartPlan> make(std::uint64_t file_size, std::uint64_t part_size);

    std::uint32_t count() const { return count_; }
    std::uint64_t file_size() const { return file_size_; }
    std::uint64_t part_size() const { return part_size_; }
    PartRange range(std::uint32_t number) const; // number from 1 to count()

  private:
    std::uint64_t file_size_ = 0;
    std::uint64_t part_size_ = 1;
    std::uint32_t count_ = 1;
};

constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
    return value / by + (value % by == 0 ? 0 : 1);
}

constexpr std::uint64_t whole_mebibytes(std::uint64_t bytes) {
    return divide_up(bytes, part_limits::mebibyte) * part_limits::mebibyte;
}

// The smallest part size, in whole MiB, that keeps a file within 10,000 parts.
std::uint64_t least_part_size(std::uint64_t file_size);

} // namespace ferry
