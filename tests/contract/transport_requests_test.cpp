// What goes out, to the byte.
#include "transport_bench.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Answers `count` requests of one connection and notes them.
RawServer::Script noting(std::vector<std::string>& requests, int count = 1) {
    return [&requests, count](Peer& peer) {
        for (int i = 0; i < count; ++i) {
            requests.push_back(peer.read_request());
            peer.send(fine);
        }
        peer.wait_for_close();
    };
}

std::string host(const HttpRequest& one) {
    return "Host: " + one.url.host_header() + "\r\n";
}

} // namespace

TEST_CASE_TEMPLATE("a GET has its headers, Host and Connection, and nothing else", Wire, FERRY_WIRES) {
    std::vector<std::string> seen;
    TransportBench<Wire> bench({noting(seen)});
    HttpRequest one = bench.get("/v2/files?name=a%2Bb+c&x=%2f..//%C3%A4\xC3\xA4");
    one.headers.add("X-SBG-Auth-Token", "0123");
    one.headers.add("x-odd", "");
    CHECK(response(bench.send(one)).body == "ok");
    REQUIRE(seen.size() == 1);
    CHECK(seen[0] == "GET /v2/files?name=a%2Bb+c&x=%2f..//%C3%A4\xC3\xA4 HTTP/1.1\r\n" + host(one) +
                         "X-SBG-Auth-Token: 0123\r\nx-odd: \r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE_TEMPLATE("a body from a source goes out whole, after its length", Wire, FERRY_WIRES) {
    std::vector<std::string> seen;
    TransportBench<Wire> bench({noting(seen)});
    std::string body(3'000'000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>(i * 7 + i / 251);
    StringSource source(body, 262'144);
    const HttpRequest one = bench.put(source, "/bucket/key?partNumber=1");
    CHECK(response(bench.send(one)).status == 200);
    REQUIRE(seen.size() == 1);
    const std::string head = "PUT /bucket/key?partNumber=1 HTTP/1.1\r\n" + host(one) +
                             "Content-Length: 3000000\r\nConnection: keep-alive\r\n\r\n";
    CHECK(seen[0].substr(0, head.size()) == head);
    CHECK((seen[0].substr(head.size()) == body)); // in brackets: three megabytes are not worth printing
}

TEST_CASE_TEMPLATE("bodies as text: their length always with POST, PUT and PATCH, else if there is one", Wire,
                   FERRY_WIRES) {
    std::vector<std::string> seen;
    TransportBench<Wire> bench({noting(seen, 5)});
    const std::string large(200'000, 'x');
    std::string methods[] = {"POST", "PUT", "POST", "DELETE", "DELETE"};
    std::string bodies[] = {"{\"a\":1}", "", large, "{}", ""};
    for (std::size_t i = 0; i < 5; ++i) {
        HttpRequest one = request(methods[i], bench.url());
        one.body = bodies[i];
        CHECK(response(bench.send(one)).status == 200);
        REQUIRE(seen.size() == i + 1);
        const std::string length = i == 4 ? "" : "Content-Length: " + std::to_string(bodies[i].size()) + "\r\n";
        CHECK((seen[i] ==
               methods[i] + " / HTTP/1.1\r\n" + host(one) + length + "Connection: keep-alive\r\n\r\n" + bodies[i]));
    }
}

TEST_CASE_TEMPLATE("an empty source is sent as a body of length 0", Wire, FERRY_WIRES) {
    std::vector<std::string> seen;
    TransportBench<Wire> bench({noting(seen)});
    StringSource source("");
    CHECK(response(bench.send(bench.put(source))).status == 200);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].find("Content-Length: 0\r\n") != std::string::npos);
}

TEST_CASE_TEMPLATE("the caller's Host and Connection go out in place of ours", Wire, FERRY_WIRES) {
    std::vector<std::string> seen;
    TransportBench<Wire> bench({noting(seen)});
    HttpRequest one = bench.get();
    one.headers.add("host", "bucket.example");
    one.headers.add("connection", "close");
    CHECK(response(bench.send(one)).status == 200);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0] == "GET / HTTP/1.1\r\nhost: bucket.example\r\nconnection: close\r\n\r\n");
}

TEST_CASE_TEMPLATE("a header that would smuggle something is refused before any connection is made", Wire,
                   FERRY_WIRES) {
    TransportBench<Wire> bench({});
    const HttpHeader bad[] = {{"X-A", "1\r\nX-B: 2"},
                              {"X-A", std::string("1\0", 2)},
                              {"X-A: 1\r\nX-B", "2"},
                              {"", "1"},
                              {"X A", "1"},
                              {"X-A", "1\n"},
                              {"Content-Length", "3"},
                              {"Transfer-Encoding", "chunked"}};
    for (const HttpHeader& header : bad) {
        CAPTURE(header.name);
        HttpRequest one = request("PUT", bench.url());
        one.headers.add(header.name, header.value);
        CHECK(failure_of(bench.send(one)).kind == FailureKind::body);
    }
    HttpRequest one = request("GET / HTTP/1.1\r\nX: y", bench.url());
    CHECK(failure_of(bench.send(one)).kind == FailureKind::body);
    CHECK(bench.server.connections() == 0);
}

TEST_CASE_TEMPLATE("a source that fails, ends early or grows is the body's failure", Wire, FERRY_WIRES) {
    const auto reading = [](Peer& peer) { peer.wait_for_close(); };
    TransportBench<Wire> bench({reading, reading, reading});
    const std::string bytes(100, 'b');
    const auto piece = std::as_bytes(std::span(bytes));
    int reads = 0;
    CallSource broken(200, [&]() -> Result<std::span<const std::byte>> {
        return ++reads == 1 ? Result<std::span<const std::byte>>(piece)
                            : Result<std::span<const std::byte>>(ErrorKind::io, "cannot read reads.bam");
    });
    const HttpFailure failure = failure_of(bench.send(bench.put(broken)));
    CHECK(failure.kind == FailureKind::body);
    CHECK(failure.message == "cannot read reads.bam");

    CallSource shrunk(200, [&, count = 0]() mutable -> Result<std::span<const std::byte>> {
        return ++count == 1 ? piece : piece.first(0);
    });
    CHECK(failure_of(bench.send(bench.put(shrunk))).kind == FailureKind::body);
    CallSource grown(50, [&]() -> Result<std::span<const std::byte>> { return piece; });
    CHECK(failure_of(bench.send(bench.put(grown))).kind == FailureKind::body);
}

TEST_CASE_TEMPLATE("a source is rewound before it is read", Wire, FERRY_WIRES) {
    std::vector<std::string> seen;
    TransportBench<Wire> bench({noting(seen, 2)});
    StringSource source("0123456789");
    const HttpRequest one = bench.put(source);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(response(bench.send(one)).status == 200);
        REQUIRE(seen.size() == i + 1);
        CHECK(seen[i].ends_with("\r\n\r\n0123456789"));
    }
}

TEST_CASE_TEMPLATE("transports of one factory share their connections", Wire, FERRY_WIRES) {
    std::vector<std::string> seen;
    RawServer server(on_wire(Wire::tls, {noting(seen, 2)}));
    const std::string url =
        (Wire::tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server.port()) + "/";
    const auto factory = Wire::factory();
    CancelToken cancel;
    for (int i = 0; i < 2; ++i)
        CHECK(response(factory->make()->send(request("GET", url), cancel)).status == 200);
    CHECK(seen.size() == 2);
}

} // namespace ferry::test
