// How connections are made: directly, through proxies, and what the process keeps of them.
#include "transport_bench.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>

namespace ferry::test {

namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TransportSettings through(const RawServer& proxy, const std::string& user = "") {
    TransportSettings settings = trusting_settings();
    const std::string url = "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
    settings.proxies.https_proxy = {"HTTPS_PROXY", url};
    settings.proxies.http_proxy = {"http_proxy", url};
    return settings;
}

HttpOutcome get(TransportSettings settings, const std::string& url) {
    auto factory = make_poco_transports(std::move(settings));
    REQUIRE(factory.ok());
    CancelToken never;
    return (*factory)->make()->send(request("GET", url), never);
}

// A proxy that answers CONNECT like this and goes no further.
RawServer::Script refusing(std::string answer) {
    return [answer = std::move(answer)](Peer& peer) {
        peer.read_head();
        peer.send(answer);
        peer.wait_for_close();
    };
}

// Proxy and origin in one: opens the "tunnel", then shows the identity.
RawServer::Script tunnelling(std::string& connect, std::string& tunnelled, ServerIdentity identity) {
    return [&connect, &tunnelled, identity = std::move(identity)](Peer& peer) {
        connect = peer.read_head();
        peer.send("HTTP/1.1 200 Connection established\r\nProxy-Agent: x\r\n\r\n");
        if (!peer.start_tls(identity))
            return;
        tunnelled = peer.read_request();
        peer.send(fine);
        peer.wait_for_close();
    };
}

// Sockets and eventfds that a child process would inherit; the standard streams may be anything.
int inherited_descriptors() {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int fd = std::stoi(entry.path().filename().string());
        std::error_code gone;
        const std::string kind = std::filesystem::read_symlink(entry.path(), gone).string();
        const bool ours = kind.starts_with("socket:") || kind.find("eventfd") != std::string::npos;
        const int flags = ::fcntl(fd, F_GETFD);
        count += fd > 2 && ours && flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }
    return count;
}

} // namespace

TEST_CASE_TEMPLATE("nobody listens: no connection, told with host and port", Wire, FERRY_WIRES) {
    std::uint16_t port = 0;
    {
        const RawServer gone({});
        port = gone.port();
    }
    const std::string name = "127.0.0.1:" + std::to_string(port);
    const auto transport = Wire::factory()->make();
    CancelToken never;
    const HttpOutcome outcome =
        transport->send(request("GET", (Wire::tls ? "https://" : "http://") + name + "/secret?x"), never);
    CHECK(failure_of(outcome).kind == FailureKind::no_connection);
    CHECK(failure_of(outcome).message.find(name) != std::string::npos);
    CHECK(failure_of(outcome).message.find("secret") == std::string::npos);
}

TEST_CASE("a port that never answers is given up after the connect time") {
    const FullPort port;
    HttpRequest one = request("GET", "http://127.0.0.1:" + std::to_string(port.port()) + "/");
    one.timeouts.connect = std::chrono::milliseconds(200);
    CancelToken never;
    CHECK(failure_of(PocoOverHttp::factory()->make()->send(one, never)).kind == FailureKind::no_connection);
}

TEST_CASE("a TLS handshake that never ends is given up after the connect time") {
    RawServer server({[](Peer& peer) { peer.wait_for_close(); }});
    HttpRequest one = request("GET", "https://127.0.0.1:" + std::to_string(server.port()) + "/");
    one.timeouts.connect = std::chrono::milliseconds(200);
    CancelToken never;
    CHECK(failure_of(PocoOverTls::factory()->make()->send(one, never)).kind == FailureKind::no_connection);
}

TEST_CASE("localhost is tried at all of its addresses") {
    RawServer server({[](Peer& peer) { // on 127.0.0.1 alone
        peer.read_request();
        peer.send(fine);
        peer.wait_for_close();
    }});
    CHECK(response(get({}, "http://localhost:" + std::to_string(server.port()) + "/")).status == 200);
}

TEST_CASE_TEMPLATE("nothing of a connection is inherited by child processes", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        peer.read_request();
        peer.send(fine);
        peer.wait_for_close();
    }});
    int during = -1;
    const std::string text = "body";
    CallSource source(text.size(), [&]() -> Result<std::span<const std::byte>> {
        during = inherited_descriptors();
        return std::as_bytes(std::span(text));
    });
    CHECK(response(bench.send(bench.put(source))).status == 200);
    CHECK(during == 0);
    CHECK(inherited_descriptors() == 0);
}

TEST_CASE("https goes through the proxy's tunnel and is verified against the real host") {
    std::string connect;
    std::string tunnelled;
    const ServerIdentity other{certificates().wrong_host_certificate(), certificates().wrong_host_key()};
    RawServer proxy({tunnelling(connect, tunnelled, other), tunnelling(connect, tunnelled, other)});
    CHECK(response(get(through(proxy, "me:p%40ss@"), "https://other.example/a%2Fb?c")).status == 200);
    CHECK(connect == "CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n"
                     "Proxy-Authorization: Basic bWU6cEBzcw==\r\n\r\n");
    CHECK(tunnelled == "GET /a%2Fb?c HTTP/1.1\r\nHost: other.example\r\nConnection: keep-alive\r\n\r\n");
    CHECK(failure_of(get(through(proxy), "https://third.example:8443/")).kind == FailureKind::untrusted);
    CHECK(connect == "CONNECT third.example:8443 HTTP/1.1\r\nHost: third.example:8443\r\n\r\n");
}

TEST_CASE("http goes to the proxy in absolute form") {
    std::string seen;
    RawServer proxy({[&](Peer& peer) {
        seen = peer.read_request();
        peer.send(fine);
        peer.wait_for_close();
    }});
    CHECK(response(get(through(proxy, "me:secret@"), "http://other.example:8080/a%2Bb?c+d")).status == 200);
    CHECK(seen == "GET http://other.example:8080/a%2Bb?c+d HTTP/1.1\r\nHost: other.example:8080\r\n"
                  "Connection: keep-alive\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n");
}

TEST_CASE("a proxy's refusal has its status and names both sides, but no password") {
    RawServer proxy({refusing("HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nnever"),
                     refusing("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
                     refusing("HTTP/1.1 502 Bad Gateway\r\n\r\n")});
    const std::string name = "127.0.0.1:" + std::to_string(proxy.port());
    for (const int status : {403, 407, 502}) {
        const HttpOutcome outcome = get(through(proxy, "me:hidden@"), "https://other.example/secret");
        const HttpFailure& failure = failure_of(outcome);
        CAPTURE(failure.message);
        CHECK(failure.kind == FailureKind::proxy_refused);
        CHECK(failure.proxy_status == status);
        CHECK(failure.message.find(name) != std::string::npos);
        CHECK(failure.message.find("other.example:443") != std::string::npos);
        CHECK((failure.message.find("HTTPS_PROXY") != std::string::npos) == (status == 407));
        CHECK(failure.message.find("hidden") == std::string::npos);
        CHECK(failure.message.find("secret") == std::string::npos);
    }
}

TEST_CASE("a 407 says where to put the password, and whether one would help") {
    RawServer proxy({refusing("HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate, Basic realm=\"x\"\r\n\r\n"),
                     refusing("HTTP/1.1 407 No\r\nProxy-Authenticate: basic\r\n\r\n"),
                     refusing("HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n")});
    const auto message = [&](const std::string& user) {
        const HttpOutcome outcome = get(through(proxy, user), "https://other.example/");
        CHECK(failure_of(outcome).proxy_status == 407);
        CHECK(failure_of(outcome).message.find("hidden") == std::string::npos);
        return failure_of(outcome).message;
    };
    CHECK(message("").find("give them in HTTPS_PROXY") != std::string::npos);
    CHECK(message("me:hidden@").find("refuses the user name and password in HTTPS_PROXY") != std::string::npos);
    CHECK(message("me:hidden@").find("(Basic)") != std::string::npos);
}

TEST_CASE("a 407 to a plain request is the proxy's refusal, not the server's answer") {
    RawServer proxy({refusing("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")});
    const HttpOutcome outcome = get(through(proxy), "http://other.example/");
    CHECK(failure_of(outcome).kind == FailureKind::proxy_refused);
    CHECK(failure_of(outcome).proxy_status == 407);
    CHECK(failure_of(outcome).message.find("http_proxy") != std::string::npos);
}

TEST_CASE("a proxy that makes no sense is no server met") {
    RawServer proxy({refusing("SSH-2.0-x\r\n"), [](Peer& peer) {
                         peer.read_head();
                         peer.close();
                     }});
    for (int i = 0; i < 2; ++i)
        CHECK(failure_of(get(through(proxy), "https://other.example/")).kind == FailureKind::no_connection);
}

TEST_CASE("a bad proxy address is told by its variable and never by its value") {
    TransportSettings settings;
    settings.proxies.https_proxy = {"https_proxy", "socks5://me:hidden@host:1"};
    const HttpOutcome outcome = get(settings, "https://other.example/");
    CHECK(failure_of(outcome).kind == FailureKind::proxy_refused);
    CHECK(failure_of(outcome).message.find("https_proxy") != std::string::npos);
    CHECK(failure_of(outcome).message.find("hidden") == std::string::npos);
}

TEST_CASE_TEMPLATE("loopback never goes through a proxy", Wire, FERRY_WIRES) {
    RawServer proxy({});
    RawServer server(on_wire(Wire::tls, {[](Peer& peer) {
                                 peer.read_request();
                                 peer.send(fine);
                                 peer.wait_for_close();
                             }}));
    const std::string url = (Wire::tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server.port());
    CHECK(response(get(through(proxy), url)).status == 200);
    CHECK(proxy.connections() == 0);
}

} // namespace ferry::test
