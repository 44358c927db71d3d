// Whether a port takes connections just now: faults shut it for a while, from any thread.
#pragma once

#include "net/open_sockets.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace ferry::platform {

enum class PortTrouble {
    refuse, // new connections are refused
    ignore, // they are not taken: to the client no one answers
    mute,   // they are taken, and then nothing is read or sent, not even for TLS
};

class PortGate {
  public:
    static constexpr int backlog = 256;

    // Does so from now on, for that long. Connections at rest end, and those at work after their answer, so that what
    // comes next needs a new one. Nothing while the port does not listen.
    void trouble(PortTrouble kind, std::chrono::milliseconds time);
    bool troubled();

    // For the listener: what listens, and the end of it. The descriptor stays its own.
    void open(int descriptor);
    void close(); // cuts every connection
    // Waits for a connection and calls `accept`, when taking one would not block; false after close().
    bool take(const std::function<void()>& accept);

    // For connections.
    OpenSockets sockets;
    std::chrono::milliseconds mute_for();

  private:
    using Clock = std::chrono::steady_clock;
    enum class State { closed, open, troubled };
    bool closed_to_clients() const { return state_ == State::troubled && kind_ != PortTrouble::mute; }
    void settle(Clock::time_point now); // ends what is over
    void end_trouble();
    void fill_queue();

    std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::closed;
    PortTrouble kind_ = PortTrouble::refuse;
    Clock::time_point until_{};
    int descriptor_ = -1;
    int filler_ = -1; // a connection of our own that takes the queue's last place
};

} // namespace ferry::platform
