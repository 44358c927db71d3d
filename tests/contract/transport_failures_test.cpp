// Peers that go away, answer early, or fall silent.
#include "transport_bench.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <thread>

namespace ferry::test {

namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 12\r\nConnection: close\r\n\r\nAccessDenied";
constexpr std::size_t large = 256u << 20; // far beyond what sockets take in by themselves

// A body of `large` bytes that costs no memory to speak of.
CallSource endless() {
    static const std::string block(262'144, 'x');
    return {large, []() -> Result<std::span<const std::byte>> { return std::as_bytes(std::span(block)); }};
}

RawServer::Script answering(int count) {
    return [count](Peer& peer) {
        for (int i = 0; i < count; ++i) {
            peer.read_request();
            peer.send(fine);
        }
        peer.wait_for_close();
    };
}

HttpTimeouts impatient() {
    HttpTimeouts timeouts = patient();
    timeouts.stall = std::chrono::milliseconds(200);
    timeouts.answer = std::chrono::milliseconds(200);
    return timeouts;
}

// A connection that dies without an answer to its second request.
RawServer::Script dying_at_the_second(void (Peer::*end)()) {
    return [end](Peer& peer) {
        peer.read_request();
        peer.send(fine);
        peer.read_request();
        (peer.*end)();
    };
}

} // namespace

TEST_CASE_TEMPLATE("an interim answer does not shorten the time that the real one has", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 102 Processing\r\n\r\n");
        peer.wait_for_close(); // by the transport, which gives up after `answer`, not after the shorter `stall`
    }});
    HttpRequest request = bench.get();
    request.timeouts = impatient();
    request.timeouts.answer = std::chrono::milliseconds(600);
    const HttpOutcome outcome = bench.send(request);
    const auto* failure = std::get_if<HttpFailure>(&outcome);
    REQUIRE(failure);
    CHECK(failure->kind == FailureKind::stalled);
    CHECK(failure->message.ends_with("within 600 ms"));
}

TEST_CASE_TEMPLATE("a kept connection that dies is repeated once if that is harmless", Wire, FERRY_WIRES) {
    for (void (Peer::*end)() : {&Peer::close, &Peer::cut, &Peer::reset}) {
        TransportBench<Wire> bench({dying_at_the_second(end), answering(1)});
        CHECK(response(bench.send(bench.get())).status == 200);
        HttpRequest again = bench.get();
        again.repeatable = true;
        CHECK(response(bench.send(again)).status == 200);
        CHECK(bench.server.connections() == 2);
    }
}

TEST_CASE_TEMPLATE("a repeated body starts from its beginning", Wire, FERRY_WIRES) {
    std::string seen;
    TransportBench<Wire> bench({dying_at_the_second(&Peer::reset), [&](Peer& peer) {
                                    seen = peer.read_request();
                                    peer.send(fine);
                                    peer.wait_for_close();
                                }});
    CHECK(response(bench.send(bench.get())).status == 200);
    StringSource source("0123456789");
    HttpRequest put = bench.put(source);
    put.repeatable = true;
    CHECK(response(bench.send(put)).status == 200);
    CHECK(seen.ends_with("\r\n\r\n0123456789"));
}

TEST_CASE_TEMPLATE("a request that may not be repeated is lost with its kept connection", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({dying_at_the_second(&Peer::close)});
    CHECK(response(bench.send(bench.get())).status == 200);
    CHECK(failure_of(bench.send(bench.get())).kind == FailureKind::lost_answer);
    CHECK(bench.server.connections() == 1);
}

TEST_CASE_TEMPLATE("a new connection that dies is not repeated", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        peer.read_request();
        peer.close();
    }});
    HttpRequest one = bench.get();
    one.repeatable = true;
    CHECK(failure_of(bench.send(one)).kind == FailureKind::lost_answer);
    CHECK(bench.server.connections() == 1);
}

TEST_CASE_TEMPLATE("a connection that was closed, or spoke unasked, while idle is replaced silently", Wire,
                   FERRY_WIRES) {
    for (const bool unasked : {false, true}) {
        std::atomic<bool> over = false;
        TransportBench<Wire> bench({[&](Peer& peer) {
                                        peer.read_request();
                                        peer.send(fine);
                                        peer.read_request(); // answered together with a word too much
                                        peer.send(unasked ? fine + "HTTP/1.1 408 Request Timeout\r\n\r\n" : fine);
                                        if (unasked)
                                            peer.wait_for_close();
                                        peer.close();
                                        over = true;
                                    },
                                    answering(1)});
        for (int i = 0; i < 2; ++i)
            CHECK(response(bench.send(bench.get())).status == 200);
        while (!unasked && !over)
            std::this_thread::yield();
        CHECK(response(bench.send(bench.get())).status == 200); // not repeatable
        CHECK(bench.server.connections() == 2);
    }
}

TEST_CASE_TEMPLATE("an early refusal is heard while the body is still going out", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
                                    peer.read_head();
                                    peer.send(refusal);
                                    peer.wait_for_close();
                                },
                                [](Peer& peer) { // takes nothing of the body, but leaves the line open
                                    peer.read_head();
                                    peer.send(refusal);
                                    peer.hold();
                                }});
    for (int i = 0; i < 2; ++i) {
        CallSource source = endless();
        const HttpOutcome outcome = bench.send(bench.put(source));
        CHECK(response(outcome).status == 403);
        CHECK(response(outcome).body == "AccessDenied");
    }
}

TEST_CASE_TEMPLATE("an early answer ends its connection, even one that would keep it", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
                                    peer.read_head();
                                    peer.send(fine);
                                    peer.wait_for_close();
                                },
                                answering(1)});
    CallSource source = endless();
    CHECK(response(bench.send(bench.put(source))).status == 200);
    CHECK(response(bench.send(bench.get())).status == 200);
    CHECK(bench.server.connections() == 2);
}

TEST_CASE_TEMPLATE("an early refusal is heard although the server closed behind it", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        peer.read_head();
        peer.send(refusal);
        peer.close(); // with the body unread: the kernel sends a reset
    }});
    CallSource source = endless();
    CHECK(response(bench.send(bench.put(source))).status == 403);
}

TEST_CASE_TEMPLATE("a reset in the middle of the body loses the request and harms nobody else", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
                                    peer.read_head();
                                    peer.read_bytes(1'000'000);
                                    peer.reset();
                                },
                                [](Peer& peer) {
                                    peer.read_head();
                                    peer.cut();
                                },
                                answering(1)});
    for (int i = 0; i < 2; ++i) {
        CallSource source = endless();
        const HttpOutcome outcome = bench.send(bench.put(source, "/secret"));
        CHECK(failure_of(outcome).kind == FailureKind::lost_answer);
        CHECK(failure_of(outcome).message.find("secret") == std::string::npos);
    }
    CHECK(response(bench.send(bench.get())).status == 200);
}

TEST_CASE_TEMPLATE("a peer that takes no more bytes stalls the request", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        peer.read_head();
        peer.hold();
    }});
    CallSource source = endless();
    HttpRequest one = bench.put(source);
    one.timeouts.stall = impatient().stall;
    CHECK(failure_of(bench.send(one)).kind == FailureKind::stalled);
}

TEST_CASE_TEMPLATE("a peer that does not answer, or stops answering, stalls the request", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
                                    peer.read_request();
                                    peer.wait_for_close();
                                },
                                [](Peer& peer) {
                                    peer.read_request();
                                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
                                    peer.wait_for_close();
                                }});
    HttpRequest silent = bench.get();
    silent.timeouts.answer = impatient().answer;
    CHECK(failure_of(bench.send(silent)).kind == FailureKind::stalled);
    HttpRequest stopped = bench.get();
    stopped.timeouts.stall = impatient().stall;
    CHECK(failure_of(bench.send(stopped)).kind == FailureKind::stalled);
}

} // namespace ferry::test
