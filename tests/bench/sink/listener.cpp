#include "sink/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace ferry::bench {

namespace {

constexpr int backlog = 512;

struct Port {
    int socket;
    const TlsIdentity& identity;
    Counters& counters;
    Service& service;
    std::chrono::milliseconds latency;
};

void serve_requests(Channel& channel, const Port& port) {
    Requests requests(channel);
    for (bool keep = true; keep;) {
        const Head head = requests.next();
        const Answer answer = port.service.serve(head, requests);
        if (port.latency.count() > 0)
            std::this_thread::sleep_for(port.latency);
        keep = head.keep_alive;
        channel.send(to_wire(answer, keep));
    }
}

void serve_connection(int descriptor, const Port& port) {
    try {
        const auto channel = make_channel(descriptor, port.identity);
        if (channel->resumed())
            ++port.counters.resumed;
        serve_requests(*channel, port);
    } catch (const PeerGone&) {
        return; // as every connection ends
    }
}

void accept_all(const Port& port) {
    for (;;) {
        const int descriptor = ::accept4(port.socket, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0)
            continue;
        ++port.counters.connections;
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::thread([descriptor, &port] { serve_connection(descriptor, port); }).detach();
    }
}

} // namespace

Listener::Listener(const TlsIdentity& identity, Counters& counters)
    : identity_(identity)
    , counters_(counters)
    , socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof address;
    if (socket_ < 0 || ::bind(socket_, any, length) != 0 || ::listen(socket_, backlog) != 0 ||
        ::getsockname(socket_, any, &length) != 0)
        throw std::runtime_error("cannot listen on 127.0.0.1");
    port_ = ntohs(address.sin_port);
}

void Listener::start(Service& service, std::chrono::milliseconds latency) {
    std::thread([port = Port{socket_, identity_, counters_, service, latency}] { accept_all(port); }).detach();
}

} // namespace ferry::bench
