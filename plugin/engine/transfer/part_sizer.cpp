#include "transfer/part_sizer.hpp"

#include "transfer/part_plan.hpp"

#include <algorithm>

namespace ferry {
namespace {

using part_limits::mebibyte;

constexpr std::uint64_t least = 16 * mebibyte;
constexpr std::uint64_t most = 512 * mebibyte;
constexpr std::uint64_t most_at_unknown_pace = 128 * mebibyte; // a minute at 2 MiB/s, on each of many places
constexpr std::uint64_t parts_of_job = 600;
constexpr std::uint64_t parts_of_file = 9'000;
constexpr std::uint64_t free_calls = 900; // of the 1,000 that a window allows at full speed

} // namespace

std::uint64_t PartSizer::a_minute() const {
    const auto seen = pace_.bytes_per_second();
    std::uint64_t bytes = seen ? static_cast<std::uint64_t>(*seen * 60) : most_at_unknown_pace;
    if (job_.bandwidth_limit)
        bytes = std::min(bytes, *job_.bandwidth_limit / static_cast<std::uint64_t>(job_.places) * 60);
    return bytes;
}

// One file's parts fill all places where the quota bears that for every file; else only as many as the job's files
// together need for it.
std::uint64_t PartSizer::parts_to_spread() const {
    const auto places = static_cast<std::uint64_t>(job_.places);
    const std::uint64_t files = std::max<std::uint64_t>(1, job_.files);
    const bool borne = files <= free_calls && files * (places + 2) + parts_of_job <= free_calls;
    return borne ? places : divide_up(places, files);
}

std::uint64_t PartSizer::size_for(std::uint64_t file_size) const {
    if (wanted_) {
        const bool fits = PartPlan::make(file_size, *wanted_).has_value();
        return fits ? *wanted_ : least_part_size(file_size);
    }
    const std::uint64_t for_quota = std::max(divide_up(job_.bytes, parts_of_job), divide_up(file_size, parts_of_file));
    const std::uint64_t bound = std::min({most, a_minute(), divide_up(file_size, parts_to_spread())});
    const std::uint64_t size = std::max(least, std::min(for_quota, bound));
    return std::max(whole_mebibytes(size), least_part_size(file_size));
}

} // namespace ferry
