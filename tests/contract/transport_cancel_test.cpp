// Cancel ends every kind of wait. A wait that it does not end runs into the test program's time limit.
#include "transport_bench.hpp"

#include <atomic>
#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE_TEMPLATE("cancel before anything: no connection is made", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({});
    CancelToken cancel;
    cancel.cancel();
    CHECK(failure_of(bench.transport->send(bench.get(), cancel)).kind == FailureKind::cancelled);
    CHECK(bench.server.connections() == 0);
}

TEST_CASE("cancel while connecting") {
    const FullPort port;
    const auto transport = PocoOverHttp::factory()->make();
    const HttpRequest one = request("GET", "http://127.0.0.1:" + std::to_string(port.port()) + "/");
    CHECK(failure_of(send_and_cancel(*transport, one, [] { return true; })).kind == FailureKind::cancelled);
}

TEST_CASE("cancel during the TLS handshake") {
    std::atomic<bool> greeted = false;
    RawServer server({[&](Peer& peer) {
        peer.read_bytes(1);
        greeted = true;
        peer.wait_for_close();
    }});
    const auto transport = PocoOverTls::factory()->make();
    const HttpRequest one = request("GET", "https://127.0.0.1:" + std::to_string(server.port()) + "/");
    CHECK(failure_of(send_and_cancel(*transport, one, [&] { return greeted.load(); })).kind == FailureKind::cancelled);
}

TEST_CASE_TEMPLATE("cancel while sending", Wire, FERRY_WIRES) {
    std::atomic<bool> begun = false;
    TransportBench<Wire> bench({[&](Peer& peer) {
        peer.read_head();
        begun = true;
        peer.hold();
    }});
    const std::string block(262'144, 'x');
    CallSource source(1u << 30,
                      [&]() -> Result<std::span<const std::byte>> { return std::as_bytes(std::span(block)); });
    const HttpOutcome outcome = send_and_cancel(*bench.transport, bench.put(source), [&] { return begun.load(); });
    CHECK(failure_of(outcome).kind == FailureKind::cancelled);
}

TEST_CASE_TEMPLATE("cancel while waiting for the answer, and in the middle of it; nothing is kept", Wire, FERRY_WIRES) {
    for (const std::string& part : {std::string(), std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")}) {
        std::atomic<bool> asked = false;
        TransportBench<Wire> bench({[&](Peer& peer) {
                                        peer.read_request();
                                        peer.send(part);
                                        asked = true;
                                        peer.wait_for_close(); // ends: the transport has closed
                                    },
                                    [](Peer& peer) {
                                        peer.read_request();
                                        peer.send("HTTP/1.1 204 No Content\r\n\r\n");
                                        peer.wait_for_close();
                                    }});
        const HttpOutcome outcome = send_and_cancel(*bench.transport, bench.get(), [&] { return asked.load(); });
        CHECK(failure_of(outcome).kind == FailureKind::cancelled);
        CHECK(response(bench.send(bench.get())).status == 204);
    }
}

} // namespace ferry::test
