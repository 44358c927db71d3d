// A loopback port, with a thread for each connection.
#pragma once

#include "sink/channel.hpp"
#include "sink/counters.hpp"
#include "sink/http.hpp"

#include <chrono>
#include <cstdint>

namespace ferry::bench {

class Service {
  public:
    virtual ~Service() = default;
    // Takes the request's body from `requests`. Any thread.
    virtual Answer serve(const Head& head, Requests& requests) = 0;
};

class Listener {
  public:
    Listener(const TlsIdentity& identity, Counters& counters); // throws std::runtime_error

    std::uint16_t port() const { return port_; }
    // `latency` passes between a request's last byte and its answer. Serves until the process ends, as all of the sink
    // does; everything given here must live as long.
    void start(Service& service, std::chrono::milliseconds latency);

  private:
    const TlsIdentity& identity_;
    Counters& counters_;
    int socket_;
    std::uint16_t port_ = 0;
};

} // namespace ferry::bench
