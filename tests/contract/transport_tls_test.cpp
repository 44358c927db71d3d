// Whom the transport believes.
#include "transport_bench.hpp"

#include <atomic>
#include <cstdio>
#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace ferry::test {

namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

// Shows the identity; what the client makes of it is the client's to tell.
RawServer::Script showing(ServerIdentity identity) {
    return [identity = std::move(identity)](Peer& peer) {
        if (!peer.start_tls(identity))
            return;
        peer.read_request();
        peer.send(fine);
        peer.wait_for_close();
    };
}

HttpOutcome get(TransportSettings settings, const std::string& url) {
    auto factory = make_poco_transports(std::move(settings));
    REQUIRE(factory.ok());
    CancelToken never;
    return (*factory)->make()->send(request("GET", url), never);
}

std::string local(const RawServer& server, const std::string& host = "127.0.0.1") {
    return "https://" + host + ":" + std::to_string(server.port()) + "/secret";
}

// The name under which OpenSSL looks for a certificate in a folder, but for its last digit.
std::string subject_hash(const std::filesystem::path& pem) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(pem.c_str(), "r"), std::fclose);
    REQUIRE(file);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr),
                                                             X509_free);
    REQUIRE(certificate);
    char text[9] = {};
    std::snprintf(text, sizeof text, "%08lx", X509_subject_name_hash(certificate.get()));
    return text;
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a certificate of a named authority is believed, by name and by address") {
    RawServer server({showing(good_identity()), showing(good_identity())});
    CHECK(response(get(trusting_settings(), local(server))).status == 200);
    CHECK(response(get(trusting_settings(), local(server, "localhost"))).status == 200);
}

TEST_CASE("the folder of SSL_CERT_DIR is believed as well") {
    const TempDir folder;
    folder.write(subject_hash(certificates().authority()) + ".0", read_file(certificates().authority()));
    RawServer server({showing(good_identity())});
    TransportSettings settings;
    settings.certificates.directory = folder.path().string();
    CHECK(response(get(settings, local(server))).status == 200);
}

TEST_CASE("an unknown authority is refused, and the message says what to do") {
    RawServer server({showing(good_identity())});
    const HttpOutcome outcome = get({}, local(server));
    const HttpFailure& failure = failure_of(outcome);
    CHECK(failure.kind == FailureKind::untrusted);
    CHECK(holds(failure.message, "127.0.0.1:" + std::to_string(server.port())));
    CHECK(holds(failure.message, "certificate"));
    CHECK(holds(failure.message, "SSL_CERT_FILE"));
    CHECK(!holds(failure.message, "secret"));
}

TEST_CASE("another host's certificate is refused on loopback too") {
    const ServerIdentity other{certificates().wrong_host_certificate(), certificates().wrong_host_key()};
    RawServer server({showing(other), showing(other)});
    for (const char* host : {"127.0.0.1", "localhost"}) {
        const HttpOutcome outcome = get(trusting_settings(), local(server, host));
        CHECK(failure_of(outcome).kind == FailureKind::untrusted);
        CHECK(holds(failure_of(outcome).message, "mismatch"));
    }
}

TEST_CASE("an expired certificate is refused") {
    RawServer server({showing({certificates().expired_certificate(), certificates().expired_key()})});
    const HttpOutcome outcome = get(trusting_settings(), local(server));
    CHECK(failure_of(outcome).kind == FailureKind::untrusted);
    CHECK(holds(failure_of(outcome).message, "expired"));
    CHECK(holds(failure_of(outcome).message, " UTC by this machine's clock: set the clock if that is wrong"));
}

TEST_CASE("certificate files that cannot be read are told at once, by the variable that names them") {
    const TempDir dir;
    TransportSettings settings;
    settings.certificates.file = dir / "none.pem";
    const auto missing = make_poco_transports(settings);
    REQUIRE(!missing.ok());
    CHECK(missing.error().kind == ErrorKind::invalid);
    CHECK(holds(missing.error().message, "SSL_CERT_FILE"));
    CHECK(holds(missing.error().message, "none.pem"));
    settings.certificates.file = dir.write("empty.pem", "no certificate\n");
    CHECK(!make_poco_transports(settings).ok());
}

TEST_CASE("a bundle, file or folder, is believed in place of the system's certificates") {
    const TempDir folder;
    folder.write(subject_hash(certificates().authority()) + ".0", read_file(certificates().authority()));
    RawServer server({showing(good_identity()), showing(good_identity())});
    TransportSettings settings;
    for (const auto& path : {certificates().authority(), folder.path()}) {
        settings.certificates.bundle = {"REQUESTS_CA_BUNDLE", path.string()};
        CHECK(response(get(settings, local(server))).status == 200);
    }
}

TEST_CASE("a bundle is not looked at where SSL_CERT_FILE or SSL_CERT_DIR say whom to believe") {
    RawServer server({showing(good_identity())});
    TransportSettings settings = trusting_settings();
    settings.certificates.bundle = {"CURL_CA_BUNDLE", "/nowhere/at/all.pem"};
    CHECK(response(get(settings, local(server))).status == 200);
}

TEST_CASE("a bundle without certificates is told by its variable, with the reason and what to do") {
    const TempDir dir;
    const auto message = [&](const std::string& path) {
        TransportSettings settings;
        settings.certificates.bundle = {"REQUESTS_CA_BUNDLE", path};
        const auto made = make_poco_transports(settings);
        REQUIRE(!made.ok());
        CHECK(made.error().kind == ErrorKind::invalid);
        CHECK(holds(made.error().message, "'" + path + "', which REQUESTS_CA_BUNDLE names"));
        return made.error().message;
    };
    CHECK(holds(message((dir / "none.pem").string()), "there is no such file"));
    CHECK(holds(message(dir.write("empty.pem", "").string()), "unset it"));
    CHECK(holds(message(dir.write("text.pem", "no certificate\n").string()), "unset it"));
    CHECK(holds(message(certificates().key().string()), "unset it"));
    CHECK(holds(message(dir.path().string()), "openssl rehash"));
    dir.write("folder/authority.pem", read_file(certificates().authority())); // but under no hashed name
    CHECK(holds(message((dir / "folder").string()), "openssl rehash"));
}

TEST_CASE("SSL_CERT_FILE and SSL_CERT_DIR that lead to no certificate are told") {
    const TempDir dir;
    TransportSettings settings;
    settings.certificates.directory = (dir / "none").string() + ":" + dir.path().string();
    auto made = make_poco_transports(settings);
    REQUIRE(!made.ok());
    CHECK(holds(made.error().message, "which SSL_CERT_DIR names"));
    settings.certificates.file = certificates().authority().string(); // enough by itself
    CHECK(make_poco_transports(settings).ok());
    settings.certificates.file = dir.path().string();
    made = make_poco_transports(settings);
    REQUIRE(!made.ok());
    CHECK(holds(made.error().message, "it is a folder"));
}

TEST_CASE("a server that speaks no TLS is no server met") {
    RawServer server({[](Peer& peer) {
                          peer.read_bytes(1);
                          peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
                          peer.close();
                      },
                      [](Peer& peer) {
                          peer.read_bytes(1);
                          peer.reset();
                      }});
    for (int i = 0; i < 2; ++i)
        CHECK(failure_of(get(trusting_settings(), local(server))).kind == FailureKind::no_connection);
}

TEST_CASE("the next connection to a host takes up the TLS session of the last") {
    std::atomic<int> resumed = 0;
    const auto counting = [&](Peer& peer) {
        resumed += peer.resumed() ? 1 : 0;
        peer.read_request();
        peer.send(fine); // closes: the next request needs a new connection
        peer.wait_for_close();
    };
    TransportBench<PocoOverTls> bench({counting, counting, counting});
    for (int i = 0; i < 3; ++i)
        CHECK(response(bench.send(bench.get())).status == 200);
    CHECK(resumed == 2);
}

} // namespace ferry::test
