// Connections between requests, and TLS sessions: what all transports of a process share.
#pragma once

#include "http/connection.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

// By origin. Thread-safe; a connection belongs to one request at a time.
class ConnectionPool {
  public:
    using Idle = std::chrono::steady_clock::duration;
    static constexpr Idle longest_idle = std::chrono::seconds(90); // most servers have closed it long before
    // Of connections for requests that may not be sent twice: a server that closes idle ones does so later than this.
    static constexpr Idle surely_open = std::chrono::seconds(4);
    static constexpr std::size_t max_idle = 160;   // of one origin; as many slots as a process can have
    static constexpr std::size_t max_origins = 64; // a signed URL may lead to a host name of its own

    // The one used last that is still open and has not been idle for longer than `idle`.
    std::optional<Connection> take(const std::string& origin, Idle idle);
    void give_back(const std::string& origin, Connection connection);
    TlsSession session(const std::string& origin) const; // null if there is none
    void keep_session(const std::string& origin, TlsSession session);

  private:
    using Instant = std::chrono::steady_clock::time_point;
    struct Resting {
        Connection connection;
        Instant since;
    };
    struct Origin {
        std::vector<Resting> idle; // the one used last at the end
        TlsSession session;
        Instant used;
    };
    Origin& entry(const std::string& name);
    std::optional<Connection> pop(const std::string& origin, Idle idle, std::vector<Resting>& out_of_date);

    mutable std::mutex mutex_;
    std::map<std::string, Origin> origins_;
};

} // namespace ferry
