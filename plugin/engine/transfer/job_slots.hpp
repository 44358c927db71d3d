// The slots of one job, as many as it has use for.
#pragma once

#include "transfer/part_sizer.hpp"
#include "transfer/plan_list.hpp"
#include "transfer/slot_arena.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace ferry {

// Those that the plan needs come first, and the rest once the platform has cut its files into more parts: a crew each,
// as the size of a crew is fixed. Not thread-safe.
class JobSlots {
  public:
    JobSlots(SlotArena& arena, std::function<void()> work) : arena_(arena), work_(std::move(work)) {}

    void start(int slots);
    int started() const { return started_; }
    void join() { crews_.clear(); } // waits for what they run

  private:
    SlotArena& arena_;
    const std::function<void()> work_;
    std::vector<std::unique_ptr<SlotCrew>> crews_;
    int started_ = 0;
};

// No more than there are parts, by the plan: the rows of a batch are many, and of few parts each.
int useful_slots(const PlanList& files, const PartSizer& sizer, int most);

} // namespace ferry
