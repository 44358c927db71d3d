#include "net/port_gate.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ferry::platform {
namespace {

constexpr int look_again_ms = 250;

// POLLHUP and the like are not it: the socket does not listen then.
bool readable(int descriptor, int wait_ms) {
    pollfd watched{descriptor, POLLIN, 0};
    return ::poll(&watched, 1, wait_ms) > 0 && watched.revents == POLLIN;
}

} // namespace

void PortGate::open(int descriptor) {
    const std::lock_guard lock(mutex_);
    descriptor_ = descriptor;
    state_ = State::open;
    sockets.allow();
}

void PortGate::close() {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::troubled)
            end_trouble();
        state_ = State::closed;
        ::shutdown(descriptor_, SHUT_RDWR); // wakes take()
    }
    changed_.notify_all();
    sockets.cut_all();
}

void PortGate::trouble(PortTrouble kind, std::chrono::milliseconds time) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::closed)
            return;
        if (state_ == State::troubled)
            end_trouble();
        kind_ = kind;
        until_ = Clock::now() + time;
        state_ = State::troubled;
        if (kind == PortTrouble::refuse)
            ::shutdown(descriptor_, SHUT_RDWR); // Linux then refuses, while the port stays ours
        else if (kind == PortTrouble::ignore)
            fill_queue();
    }
    changed_.notify_all();
    sockets.cut_idle();
}

// With a full queue of a single place Linux drops the first packet of every new connection.
void PortGate::fill_queue() {
    ::listen(descriptor_, 0);
    sockaddr_in own{};
    socklen_t size = sizeof own;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&own), &size);
    filler_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ::connect(filler_, reinterpret_cast<const sockaddr*>(&own), size);
}

void PortGate::end_trouble() {
    if (filler_ >= 0)
        ::close(filler_);
    filler_ = -1;
    if (kind_ != PortTrouble::mute)
        ::listen(descriptor_, backlog);
    state_ = State::open;
}

void PortGate::settle(Clock::time_point now) {
    if (state_ == State::troubled && now >= until_)
        end_trouble();
}

bool PortGate::troubled() {
    const std::lock_guard lock(mutex_);
    settle(Clock::now());
    return state_ == State::troubled;
}

std::chrono::milliseconds PortGate::mute_for() {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    settle(now);
    if (state_ != State::troubled || kind_ != PortTrouble::mute)
        return std::chrono::milliseconds(0);
    return std::chrono::ceil<std::chrono::milliseconds>(until_ - now);
}

bool PortGate::take(const std::function<void()>& accept) {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            settle(Clock::now());
            if (state_ == State::closed)
                return false;
            if (closed_to_clients()) {
                changed_.wait_until(lock, until_);
                continue;
            }
        }
        if (!readable(descriptor_, look_again_ms))
            continue;
        const std::lock_guard lock(mutex_);
        settle(Clock::now());
        if (state_ == State::closed)
            return false;
        if (closed_to_clients() || !readable(descriptor_, 0))
            continue;
        accept();
        return true;
    }
}

} // namespace ferry::platform
