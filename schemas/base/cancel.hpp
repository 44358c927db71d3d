// Cancellation: one source per job, many waiting threads and blocking sockets woken at once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace ferry {

// Thread-safe. Outlives everything that holds a reference to it.
class CancelToken {
  public:
    CancelToken() = default;
    CancelToken(const CancelToken&) = delete;
    CancelToken& operator=(const CancelToken&) = delete;

    bool cancelled() const;
    // Wakes every waiter and runs every callback once, on this thread. Later calls do nothing.
    void cancel();

    // Runs `wake` on cancel (at once if already cancelled) until the registration dies. `wake` must be short, must not
    // throw and must not touch the token; the destructor waits for a running one.
    class Registration {
      public:
        Registration(CancelToken& token, std::function<void()> wake);
        ~Registration();
        Registration(const Registration&) = delete;
        Registration& operator=(const Registration&) = delete;

      private:
        CancelToken& token_;
        std::uint64_t id_;
    };

  private:
    mutable std::mutex mutex_;
    bool cancelled_ = false;
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, std::function<void()>> callbacks_;
};

} // namespace ferry
