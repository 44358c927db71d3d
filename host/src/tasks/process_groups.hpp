// The process groups of running commands, so that a second signal can end them all at once, and that they do not
// outlive this process if it is killed.
#pragma once

#include "tasks/group_guard.hpp"

#include <signal.h>
#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

namespace ferry {

// Lock-free and of fixed size: end_all() is async-signal-safe.
class ProcessGroups {
  public:
    static constexpr std::size_t capacity = 4096;

    // Held by the thread that starts a program, from before the start until its group is added: end_all() waits for it,
    // so that no program slips through between the two. Signals are blocked meanwhile, or the handler that waits could
    // be in this very thread.
    class Starting {
      public:
        explicit Starting(ProcessGroups& groups) noexcept;
        ~Starting();
        Starting(const Starting&) = delete;
        Starting& operator=(const Starting&) = delete;

        // False once end_all() was called: nothing may start any more.
        bool allowed() const noexcept { return allowed_; }

      private:
        ProcessGroups& groups_;
        sigset_t before_{};
        bool allowed_ = false;
    };

    // To be called before the first start.
    void guard() {
        std::call_once(guarding_, [this] { guard_.start(); });
    }
    // False: no room; the group is then left to its own step.
    bool add(pid_t group) noexcept;
    void remove(pid_t group) noexcept;
    // Kills all groups, those included that are just being started; nothing starts afterwards. Waits at most a second
    // for starts under way (a start blocks as long as its program's file system does).
    void end_all() noexcept;

  private:
    std::once_flag guarding_;
    GroupGuard guard_;
    std::array<std::atomic<pid_t>, capacity> groups_{};
    std::atomic<int> starting_{0};
    std::atomic<bool> ended_{false};
};

} // namespace ferry
