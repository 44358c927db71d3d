// The process groups of running commands, so that a second signal can end them all at once.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>

namespace ferry {

// Lock-free and of fixed size: kill_all() is async-signal-safe.
class ProcessGroups {
  public:
    static constexpr std::size_t capacity = 4096;

    // False: no room; the group is then left to its own step.
    bool add(pid_t group) noexcept;
    void remove(pid_t group) noexcept;
    void kill_all(int signal) const noexcept;

  private:
    std::array<std::atomic<pid_t>, capacity> groups_{};
};

} // namespace ferry
