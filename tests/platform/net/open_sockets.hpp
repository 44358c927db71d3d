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
            states_[descriptor] = State::working;
        return !cut_;
    }
    // A request has begun to arrive.
    void set_working(int descriptor) {
        const std::lock_guard lock(mutex_);
        if (states_[descriptor] == State::idle)
            states_[descriptor] = State::working;
    }
    // Its answer is out. False if the connection was to end with it.
    bool set_idle(int descriptor) {
        const std::lock_guard lock(mutex_);
        if (states_[descriptor] == State::ending)
            return false;
        states_[descriptor] = State::idle;
        return true;
    }
    // Before the descriptor is closed.
    void remove(int descriptor) {
        const std::lock_guard lock(mutex_);
        states_.erase(descriptor);
    }
    // Those at work end after their answer.
    void cut_idle() {
        const std::lock_guard lock(mutex_);
        for (auto& [descriptor, state] : states_) {
            if (state == State::idle)
                ::shutdown(descriptor, SHUT_RDWR);
            state = State::ending;
        }
    }
    void cut_all() {
        const std::lock_guard lock(mutex_);
        cut_ = true;
        for (const auto& [descriptor, state] : states_)
            ::shutdown(descriptor, SHUT_RDWR);
    }
    void allow() { // again, after cut_all()
        const std::lock_guard lock(mutex_);
        cut_ = false;
    }

  private:
    enum class State { working, idle, ending };
    std::mutex mutex_;
    std::map<int, State> states_;
    bool cut_ = false;
};

} // namespace ferry::platform
