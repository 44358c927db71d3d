#include "plugins/task_progress.hpp"

#include "plugins/abi_text.hpp"

#include <algorithm>
#include <cstring>

namespace ferry {
namespace {

constexpr std::size_t most_items = 16;
constexpr std::size_t longest_text = 1024;

std::vector<ItemProgress> read_items(const ferry_progress& told) {
    std::vector<ItemProgress> items;
    if (!told.items)
        return items;
    for (std::size_t i = 0; i < std::min(told.item_count, most_items); ++i) {
        const ferry_item_progress* item = told.items[i];
        if (!item || !FERRY_HAS(ferry_item_progress, item, FERRY_ITEM_PROGRESS_REQUIRED))
            continue;
        items.push_back({printable_abi(item->name, longest_text), item->bytes_done, item->bytes_total});
    }
    return items;
}

} // namespace

std::optional<TaskProgress> read_progress(const ferry_progress& told) {
    if (!FERRY_HAS(ferry_progress, &told, FERRY_PROGRESS_REQUIRED))
        return std::nullopt;
    ferry_progress whole{}; // an older partner's struct is shorter: what it lacks is 0
    std::memcpy(&whole, &told, std::min(told.struct_size, sizeof whole));
    if (!FERRY_HAS(ferry_progress, &told, waiting_for))
        whole.waiting_for = {};
    if (!FERRY_HAS(ferry_progress, &told, item_count))
        whole.items = nullptr;
    TaskProgress progress{.bytes_done = whole.bytes_done,
                          .bytes_total = whole.bytes_total,
                          .items_done = whole.items_done,
                          .items_total = whole.items_total,
                          .final = whole.final != 0,
                          .in_flight = whole.in_flight,
                          .bytes_moved = whole.bytes_moved,
                          .items_skipped = whole.items_skipped,
                          .retries = whole.retries,
                          .api_calls = whole.api_calls,
                          .api_calls_left = whole.api_calls_left,
                          .api_calls_limit = whole.api_calls_limit,
                          .waiting_for = printable_abi(whole.waiting_for, longest_text),
                          .items = read_items(whole)};
    if (!FERRY_HAS(ferry_progress, &told, bytes_moved))
        progress.bytes_moved = progress.bytes_done;
    return progress;
}

} // namespace ferry
