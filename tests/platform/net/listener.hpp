// One listening port on 127.0.0.1 with threads of its own, speaking HTTP/1.1 or HTTPS for a Service.
#pragma once

#include "net/message.hpp"
#include "net/port_gate.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace ferry::platform {

struct ListenerOptions {
    std::uint16_t port = 0; // 0: any free one
    std::filesystem::path tls_certificate;
    std::filesystem::path tls_key;
};

class Listener {
  public:
    Listener(Service& service, PortGate& gate, const ListenerOptions& options); // listens; throws if it cannot
    ~Listener(); // cuts every connection and waits for the threads; service and gate outlive it
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::uint16_t port() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ferry::platform
