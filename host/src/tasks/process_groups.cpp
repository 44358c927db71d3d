#include "tasks/process_groups.hpp"

#include <csignal>

namespace ferry {

bool ProcessGroups::add(pid_t group) noexcept {
    for (auto& slot : groups_) {
        pid_t empty = 0;
        if (slot.compare_exchange_strong(empty, group))
            return true;
    }
    return false;
}

void ProcessGroups::remove(pid_t group) noexcept {
    for (auto& slot : groups_) {
        pid_t held = group;
        if (slot.compare_exchange_strong(held, 0))
            return;
    }
}

void ProcessGroups::kill_all(int signal) const noexcept {
    for (const auto& slot : groups_)
        if (const pid_t group = slot.load(); group > 1)
            ::kill(-group, signal);
}

} // namespace ferry
