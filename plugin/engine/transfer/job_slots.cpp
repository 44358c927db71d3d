#include "transfer/job_slots.hpp"

#include "transfer/part_plan.hpp"

#include <algorithm>
#include <cstdint>

namespace ferry {

void JobSlots::start(int slots) {
    crews_.push_back(std::make_unique<SlotCrew>(arena_, slots, work_));
    started_ += slots;
}

int useful_slots(const PlanList& files, const PartSizer& sizer, int most) {
    int useful = 0;
    for (PlanList::Reader reader(files); reader.more() && useful < most;) {
        const Result<PlannedFile> file = reader.next();
        if (!file.ok())
            return most;
        const std::uint64_t size = file->identity.size;
        const std::uint32_t parts = PartPlan::make(size, sizer.size_for(size)).value_or(PartPlan()).count();
        useful += static_cast<int>(std::clamp<std::uint32_t>(parts, 1, static_cast<std::uint32_t>(most)));
    }
    return std::clamp(useful, 1, most);
}

} // namespace ferry
