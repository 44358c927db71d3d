#include "transfer/part_plan.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <optional>

namespace ferry::test {
namespace {

constexpr std::uint64_t mebibyte = part_limits::mebibyte;

// Every byte once, in order, no part larger than the part size and none but the only one empty.
void check_plan(std::uint64_t size, std::uint64_t part_size, std::uint32_t parts) {
    CAPTURE(size);
    CAPTURE(part_size);
    const auto plan = PartPlan::make(size, part_size);
    REQUIRE(plan);
    CHECK(plan->count() == parts);
    CHECK(plan->file_size() == size);
    std::uint64_t next = 0;
    for (std::uint32_t number = 1; number <= plan->count(); ++number) {
        const PartRange range = plan->range(number);
        CHECK(range.offset == next);
        CHECK(range.size <= part_size);
        CHECK((range.size > 0 || size == 0));
        CHECK((range.size == part_size || number == plan->count()));
        next += range.size;
    }
    CHECK(next == size);
}

} // namespace

TEST_CASE("parts cover a file exactly, around every multiple of the part size") {
    constexpr std::uint64_t part = 7;
    check_plan(0, part, 1);
    check_plan(1, part, 1);
    for (std::uint32_t k = 1; k <= 4; ++k) {
        if (k * part > 1)
            check_plan(k * part - 1, part, k);
        check_plan(k * part, part, k);
        check_plan(k * part + 1, part, k + 1);
    }
    check_plan(5, 1, 5);
}

TEST_CASE("2 P + 1 bytes are parts of P, P and 1: not P, P + 1 and 0") {
    const auto plan = PartPlan::make(2 * 5 * mebibyte + 1, 5 * mebibyte);
    REQUIRE(plan);
    REQUIRE(plan->count() == 3);
    CHECK(plan->range(2).size == 5 * mebibyte);
    CHECK(plan->range(3).size == 1);
}

TEST_CASE("10,000 parts fit, one more does not") {
    CHECK(PartPlan::make(10'000, 1)->count() == 10'000);
    CHECK_FALSE(PartPlan::make(10'001, 1));
    CHECK_FALSE(PartPlan::make(1, 0));
    CHECK_FALSE(PartPlan::make(0, 0));
}

TEST_CASE("sizes near 2^64 do not wrap") {
    constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
    check_plan(10, huge, 1);
    check_plan(part_limits::max_object_size, part_limits::max_part_size, 1024);
    const auto plan = PartPlan::make(huge, huge - 1);
    REQUIRE(plan);
    CHECK(plan->count() == 2);
    CHECK(plan->range(2).size == 1);
}

TEST_CASE("the least part size keeps the largest object within 10,000 parts") {
    CHECK(least_part_size(0) == 5 * mebibyte);
    const std::uint64_t least = least_part_size(part_limits::max_object_size);
    CHECK(least >= 549'755'814);
    CHECK(least % mebibyte == 0);
    CHECK(PartPlan::make(part_limits::max_object_size, least));
    CHECK_FALSE(PartPlan::make(part_limits::max_object_size, least - mebibyte));
}

} // namespace ferry::test
