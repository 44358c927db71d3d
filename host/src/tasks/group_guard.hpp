// Ends the commands of a process that was killed and could end none itself.
#pragma once

#include <sys/types.h>

namespace ferry {

// A process of its own that is told of groups as they begin and end. Once nobody can tell it anything any more, since
// whoever could is gone, it kills the groups that are left, and ends. Thread-safe.
class GroupGuard {
  public:
    GroupGuard() = default;
    ~GroupGuard();
    GroupGuard(const GroupGuard&) = delete;
    GroupGuard& operator=(const GroupGuard&) = delete;

    // Where it cannot be started, nobody guards.
    void start() noexcept;
    void begun(pid_t group) const noexcept { tell(group); }
    void ended(pid_t group) const noexcept { tell(-group); }

  private:
    void tell(pid_t word) const noexcept;

    int words_ = -1; // to the guard
};

} // namespace ferry
