// One client connection: reads requests, asks the service, delivers answers the way they say. POCO's own HTTP server
// loop is not used because a fault needs the socket: a reset, half an answer, silence.
#pragma once

#include "net/message.hpp"
#include "net/port_gate.hpp"

#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/TCPServerConnection.h>

namespace ferry::platform {

class Connection : public Poco::Net::TCPServerConnection {
  public:
    Connection(const Poco::Net::StreamSocket& socket, Service& service, PortGate& gate,
               Poco::Net::HTTPServerParams::Ptr params);
    void run() override; // never throws

  private:
    Service& service_;
    PortGate& gate_;
    Poco::Net::HTTPServerParams::Ptr params_;
};

} // namespace ferry::platform
