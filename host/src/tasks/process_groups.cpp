#include "tasks/process_groups.hpp"

#include <poll.h>

namespace ferry {
namespace {

constexpr int patience_ms = 1000;

} // namespace

bool ProcessGroups::add(pid_t group) noexcept {
    guard_.begun(group);
    for (auto& slot : groups_) {
        pid_t empty = 0;
        if (slot.compare_exchange_strong(empty, group))
            return true;
    }
    return false;
}

void ProcessGroups::remove(pid_t group) noexcept {
    guard_.ended(group);
    for (auto& slot : groups_) {
        pid_t held = group;
        if (slot.compare_exchange_strong(held, 0))
            return;
    }
}

void ProcessGroups::end_all() noexcept {
    ended_ = true;
    for (int waited_ms = 0; starting_ > 0 && waited_ms < patience_ms; ++waited_ms)
        ::poll(nullptr, 0, 1); // a sleep that a signal handler may take
    for (const auto& slot : groups_)
        if (const pid_t group = slot.load(); group > 1)
            ::kill(-group, SIGKILL);
}

ProcessGroups::Starting::Starting(ProcessGroups& groups) noexcept : groups_(groups) {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
    ++groups_.starting_;
    allowed_ = !groups_.ended_;
}

ProcessGroups::Starting::~Starting() {
    --groups_.starting_;
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace ferry
