// The transport suite's bench: one transport under test, one scripted server, and what connects them. A new transport
// joins by a wire of its own in FERRY_WIRES.
#pragma once

#include "body_sources.hpp"
#include "http/http_transport.hpp"
#include "http/poco_transport.hpp"
#include "raw_server.hpp"
#include "tls_fixture.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ferry::test {

// Certificates made once per test program.
const TlsFixture& certificates();
ServerIdentity good_identity();
// Settings that believe the fixture's authority.
TransportSettings trusting_settings();

struct PocoOverHttp {
    static constexpr bool tls = false;
    static std::unique_ptr<TransportFactory> factory();
};
struct PocoOverTls {
    static constexpr bool tls = true;
    static std::unique_ptr<TransportFactory> factory();
};
#define FERRY_WIRES ferry::test::PocoOverHttp, ferry::test::PocoOverTls

HttpTimeouts patient(); // long enough that running into one fails the test program's own time limit
HttpRequest request(std::string method, const std::string& url);

const HttpResponse& response(const HttpOutcome& outcome); // fails the test if there is none
const HttpFailure& failure_of(const HttpOutcome& outcome);

// The scripts, each behind a TLS handshake if asked for.
std::vector<RawServer::Script> on_wire(bool tls, std::vector<RawServer::Script> scripts);

template <class Wire> class TransportBench {
  public:
    explicit TransportBench(std::vector<RawServer::Script> scripts)
        : server(on_wire(Wire::tls, std::move(scripts)))
        , transport(Wire::factory()->make()) {}
    // The transport goes first: the server's scripts see it close its connections.
    ~TransportBench() { transport.reset(); }

    std::string url(const std::string& target = "/") const {
        return (Wire::tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server.port()) + target;
    }
    HttpRequest get(const std::string& target = "/") const { return request("GET", url(target)); }
    HttpRequest put(BodySource& source, const std::string& target = "/") const {
        HttpRequest made = request("PUT", url(target));
        made.source = &source;
        return made;
    }
    HttpOutcome send(const HttpRequest& one) {
        CancelToken never;
        return transport->send(one, never);
    }

    RawServer server;
    std::unique_ptr<HttpTransport> transport;
};

// Sends on a thread of its own, cancels once `reached` says that the server saw what it should and that thread sleeps
// in a wait, and answers how that ended.
HttpOutcome send_and_cancel(HttpTransport& transport, const HttpRequest& one, const std::function<bool()>& reached);

} // namespace ferry::test
