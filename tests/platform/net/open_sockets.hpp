// The descriptors of the connections being served, so that stopping can cut them from another thread. Shutting the
// descriptor down is safe next to a thread that uses the socket; closing it or TLS's own goodbye would not be.
#pragma once

#include <sys/socket.h>

#include <mutex>
#include <set>

namespace ferry::platform {

class OpenSockets {
  public:
    // False once cut_all() has been called: the connection must end at once.
    bool add(int descriptor) {
        const std::lock_guard lock(mutex_);
        if (!cut_)
            open_.insert(descriptor);
        return !cut_;
    }
    // Before the descriptor is closed.
    void remove(int descriptor) {
        const std::lock_guard lock(mutex_);
        open_.erase(descriptor);
    }
    void cut_all() {
        const std::lock_guard lock(mutex_);
        cut_ = true;
        for (const int descriptor : open_)
            ::shutdown(descriptor, SHUT_RDWR);
    }

  private:
    std::mutex mutex_;
    std::set<int> open_;
    bool cut_ = false;
};

} // namespace ferry::platform
