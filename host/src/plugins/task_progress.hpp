// How far a task is, as the host goes on with it: whole, whatever its plugin's age, and safe to print.
#pragma once

#include "ferry_plugin.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

struct ItemProgress {
    std::string name;
    std::uint64_t bytes_done = 0;
    std::uint64_t bytes_total = 0; // 0: not known
};

// The fields of ferry_progress; what a plugin has not told is 0 or empty.
struct TaskProgress {
    std::uint64_t bytes_done = 0;
    std::uint64_t bytes_total = 0;
    std::uint64_t items_done = 0;
    std::uint64_t items_total = 0;
    bool final = false;
    std::uint32_t in_flight = 0;
    std::uint64_t bytes_moved = 0;
    std::uint64_t items_skipped = 0;
    std::uint64_t retries = 0;
    std::uint64_t api_calls = 0;
    std::uint64_t api_calls_left = 0;
    std::uint64_t api_calls_limit = 0;
    std::string waiting_for{};
    std::vector<ItemProgress> items{};
};

// nullopt if the struct is too short to be one.
std::optional<TaskProgress> read_progress(const ferry_progress& told);

} // namespace ferry
