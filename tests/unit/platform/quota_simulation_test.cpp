// What the constants of QuotaWindow are good for: the quota is used, next to nothing is refused, nobody starves.
#include "quota_simulation.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

struct Size {
    std::uint64_t limit;
    Duration window;
    std::uint64_t windows; // so many, at the least, are needed for all the calls
};

constexpr Size small_window{60, Duration{6'000}, 40};
constexpr Size usual_window{1000, Duration{300'000}, 10};

SharedQuota plan(const Size& size, int processes) {
    return {.processes = processes,
            .limit = size.limit,
            .window = size.window,
            .calls = size.windows * size.limit / static_cast<std::uint64_t>(processes)};
}

std::vector<SharedQuota> plans() {
    std::vector<SharedQuota> all;
    for (const Size& size : {small_window, usual_window})
        for (const int processes : {1, 2, 4, 8})
            all.push_back(plan(size, processes));
    return all;
}

std::string title(const SharedQuota& plan) {
    return std::to_string(plan.processes) + " processes of " + std::to_string(plan.slots) + " slots, " +
           std::to_string(plan.limit) + " calls in " + std::to_string(plan.window.count()) + " ms";
}

SharedQuotaResult run(const SharedQuota& plan) {
    const SharedQuotaResult result = simulate(plan);
    INFO(title(plan));
    INFO(result.refused << " refused, spread " << result.spread << ", throughput " << result.throughput);
    CHECK(result.finished);
    CHECK(result.served == plan.calls * static_cast<std::uint64_t>(plan.processes));
    CHECK(result.refused_percent <= 3);
    CHECK(result.most_lines <= result.windows + result.refused); // one for each window, and for each pause
    return result;
}

void check_good(const SharedQuota& plan) {
    const SharedQuotaResult result = run(plan);
    INFO(title(plan));
    CHECK(result.spread <= 1.5);
    CHECK(result.throughput >= 0.85);
}

} // namespace

TEST_CASE("quota simulation: processes that share a token use it up, evenly, and are hardly refused") {
    for (const SharedQuota& one : plans())
        check_good(one);
}

TEST_CASE("quota simulation: so they do with few slots and with many") {
    for (SharedQuota one : plans()) {
        for (const int slots : {2, 24}) {
            one.slots = slots;
            check_good(one);
        }
    }
}

TEST_CASE("quota simulation: so they do where windows end by the clock, or resets are rounded down") {
    for (SharedQuota one : plans()) {
        one.aligned = true;
        check_good(one);
        one.aligned = false;
        one.rounded_down = true;
        check_good(one);
    }
}

TEST_CASE("quota simulation: processes may come one after the other") {
    for (SharedQuota one : plans()) {
        one.same_start = false;
        run(one);
    }
}

TEST_CASE("quota simulation: a process alone, with less than half a window of calls, is never delayed") {
    for (const int slots : {1, 8, 64}) {
        SharedQuota one = plan(usual_window, 1);
        one.slots = slots;
        one.calls = 450;
        const SharedQuotaResult result = run(one);
        CHECK(result.refused == 0);
        CHECK(result.most_lines == 0);
        CHECK(result.waited == Duration{0});
    }
    SharedQuota one = plan(small_window, 1);
    one.calls = 27;
    const SharedQuotaResult result = run(one);
    CHECK(result.refused == 0);
    CHECK(result.most_lines == 0); // but for calls in flight, of which there are few in so small a window
    CHECK(result.time < Duration{1'000});
}

} // namespace ferry::test
