#include "client.hpp"
#include "tls_fixture.hpp"

#include <Poco/Net/SSLException.h>
#include <doctest/doctest.h>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

PlatformSettings with(const std::filesystem::path& certificate, const std::filesystem::path& key) {
    PlatformSettings settings = small_parts();
    settings.tls_certificate = certificate;
    settings.tls_key = key;
    return settings;
}

} // namespace

TEST_CASE("both ports speak TLS with a certificate that holds") {
    const TlsFixture tls;
    const Fixture fixture(with(tls.certificate(), tls.key()));
    CHECK(fixture.platform.api().starts_with("https://"));
    CHECK(fixture.platform.storage().starts_with("https://"));
    const Client client(fixture.platform, tls.authority());
    const std::string big(3'000'000, 'x');
    CHECK(client.upload("x", {big, "end"}).status == 200);
    CHECK(fixture.stored("x") == big + "end");
}

TEST_CASE("strict clients refuse the certificates made to be refused") {
    const TlsFixture tls;
    const auto greet = [&](const std::filesystem::path& certificate, const std::filesystem::path& key) {
        const Fixture fixture(with(certificate, key));
        Client(fixture.platform, tls.authority()).get("/user");
    };
    CHECK_NOTHROW(greet(tls.certificate(), tls.key()));
    CHECK_THROWS_AS(greet(tls.wrong_host_certificate(), tls.wrong_host_key()), Poco::Net::SSLException);
    CHECK_THROWS_AS(greet(tls.expired_certificate(), tls.expired_key()), Poco::Net::SSLException);
    CHECK_THROWS_AS(
        [&] {
            const Fixture fixture(with(tls.certificate(), tls.key()));
            const TlsFixture stranger;
            Client(fixture.platform, stranger.authority()).get("/user");
        }(),
        Poco::Net::SSLException);
}

TEST_CASE("faults of the connection work below TLS") {
    const TlsFixture tls;
    Fixture fixture(with(tls.certificate(), tls.key()));
    const Client client(fixture.platform, tls.authority());
    fixture.platform.add_faults(R"([{"operation":"user","fault":"reset"},{"operation":"user","fault":"truncated"}])");
    const Heard reset = client.get("/user");
    CHECK(reset.status == 0);
    CHECK(reset.reset);
    const Heard half = client.get("/user");
    CHECK(half.status == 200);
    CHECK(half.cut);
    CHECK(client.get("/user").status == 200);
}

TEST_CASE("plain text to a TLS port, and a connection that says nothing, harm no one") {
    const TlsFixture tls;
    const Fixture fixture(with(tls.certificate(), tls.key()));
    const std::string plain = "http" + fixture.platform.api().substr(5);
    Wire silent(plain);
    Wire wrong(plain);
    wrong.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(wrong.hear().status == 0);
    CHECK(Client(fixture.platform, tls.authority()).get("/user").status == 200);
}
