// The descriptors of the connections being served, so that stopping can cut them from another thread. Shutting the
// descriptor down is safe next to a thread that uses the socket; closing it or TLS's own goodbye would not be.
#pragma once

#include <sys/socket.h>

#include <map>
#include <mutex>

namespace ferry::platform {

class OpenSockets {
  public:
    // False once cut_all() has been called: the connection must end at once. It counts as at work.
    bool add(int descriptor) {
        const std::lock_guard lock(mutex_);
        if (!cut_)
            idle_[descriptor] = false;
        return !cut_;
    }
    // Between two requests, or not.
    void set_idle(int descriptor, bool idle) {
        const std::lock_guard lock(mutex_);
        idle_[descriptor] = idle;
    }
    // Before the descriptor is closed.
    void remove(int descriptor) {
        const std::lock_guard lock(mutex_);
        idle_.erase(descriptor);
    }
    void cut_idle() {
        const std::lock_guard lock(mutex_);
        for (const auto& [descriptor, idle] : idle_)
            if (idle)
                ::shutdown(descriptor, SHUT_RDWR);
    }
    void cut_all() {
        const std::lock_guard lock(mutex_);
        cut_ = true;
        for (const auto& [descriptor, idle] : idle_)
            ::shutdown(descriptor, SHUT_RDWR);
    }
    void allow() { // again, after cut_all()
        const std::lock_guard lock(mutex_);
        cut_ = false;
    }

  private:
    std::mutex mutex_;
    std::map<int, bool> idle_;
    bool cut_ = false;
};

} // namespace ferry::platform
