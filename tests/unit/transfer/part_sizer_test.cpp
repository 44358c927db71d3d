#include "transfer/part_plan.hpp"
#include "transfer/part_sizer.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace ferry::test {
namespace {

using namespace std::chrono_literals;
using part_limits::mebibyte;

constexpr std::uint64_t gibibyte = 1024 * mebibyte;

// A line on which one place sends 100 MiB a second.
struct FastLine : StoragePace {
    FastLine() { stored(100 * mebibyte, 1s); }
};

} // namespace

TEST_CASE("auto: the largest of 16 MiB, job / 600 and file / 9,000, in whole MiB, at most 512 MiB") {
    const FastLine pace;
    const auto chosen = [&](std::uint64_t file, std::uint64_t job) {
        return PartSizer(std::nullopt, {.files = 1, .bytes = job}, pace).size_for(file);
    };
    CHECK(chosen(0, 0) == 16 * mebibyte);
    CHECK(chosen(gibibyte, gibibyte) == 16 * mebibyte);
    CHECK(chosen(600 * 20 * mebibyte, 600 * 20 * mebibyte) == 20 * mebibyte);
    CHECK(chosen(600 * 20 * mebibyte + 1, 600 * 20 * mebibyte + 1) == 21 * mebibyte);
    CHECK(chosen(gibibyte, 600 * 100 * mebibyte) == 100 * mebibyte); // a small file of a large job
    CHECK(chosen(9'000 * 100 * mebibyte, 0) == 100 * mebibyte);
    CHECK(chosen(1'000 * gibibyte, 1'000'000 * gibibyte) == 512 * mebibyte);
    CHECK(chosen(part_limits::max_object_size, part_limits::max_object_size) == 525 * mebibyte); // 10,000 parts need it
}

TEST_CASE("auto: a part takes one place a minute at most, so that a crash costs no more") {
    StoragePace pace;
    const PartSizer sizer(std::nullopt, {.files = 1, .bytes = 1'000 * gibibyte, .places = 8}, pace);
    CHECK(sizer.size_for(300 * gibibyte) == 128 * mebibyte); // nothing is known yet
    pace.stored(10 * mebibyte, 10s);
    CHECK(sizer.size_for(300 * gibibyte) == 60 * mebibyte);
    for (int i = 0; i < 30; ++i)
        pace.stored(mebibyte, 100s);
    CHECK(sizer.size_for(300 * gibibyte) == 31 * mebibyte); // 10,000 parts need it
    CHECK(sizer.size_for(100 * gibibyte) == 16 * mebibyte);
    for (int i = 0; i < 50; ++i)
        pace.stored(200 * mebibyte, 1s);
    CHECK(sizer.size_for(300 * gibibyte) == 512 * mebibyte);
}

TEST_CASE("auto: a limit on bandwidth is a pace that is known beforehand") {
    const FastLine pace;
    const PartSizer sizer(
        std::nullopt,
        {.files = 1, .bytes = 1'000 * gibibyte, .places = 8, .bandwidth_limit = std::uint64_t{8} * mebibyte}, pace);
    CHECK(sizer.size_for(300 * gibibyte) == 60 * mebibyte);
}

TEST_CASE("auto: a middling file is spread over all places, where calls are plenty or nothing else would fill them") {
    const FastLine pace;
    const auto chosen = [&](std::uint64_t files, std::uint64_t job, std::uint64_t file) {
        return PartSizer(std::nullopt, {.files = files, .bytes = job, .places = 8}, pace).size_for(file);
    };
    CHECK(chosen(2, 500 * gibibyte, gibibyte) == 128 * mebibyte);
    CHECK(chosen(20, 500 * gibibyte, gibibyte) == 128 * mebibyte);
    CHECK(chosen(600, 600 * gibibyte, gibibyte) == 512 * mebibyte); // others fill the places, and calls are dear
    CHECK(chosen(1, 64 * mebibyte, 64 * mebibyte) == 16 * mebibyte);
    CHECK(chosen(1, 100 * gibibyte, 100 * gibibyte) == 171 * mebibyte);
}

TEST_CASE("a wanted part size stands unless it gives more than 10,000 parts") {
    const StoragePace pace;
    const auto chosen = [&](std::uint64_t wanted, std::uint64_t file) {
        return PartSizer(wanted, {.files = 1, .bytes = file}, pace).size_for(file);
    };
    CHECK(chosen(64 * mebibyte, 1) == 64 * mebibyte);
    CHECK(chosen(1, 10'000) == 1);
    CHECK(chosen(1, 10'001) == 5 * mebibyte);
    CHECK(chosen(5 * mebibyte, part_limits::max_object_size) == 525 * mebibyte);
}

} // namespace ferry::test
