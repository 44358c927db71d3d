#include "tls_fixture.hpp"
#include "workspace.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("https with a certificate that is trusted through SSL_CERT_FILE") {
    const TlsFixture tls;
    platform::PlatformSettings settings;
    settings.tls_certificate = tls.certificate();
    settings.tls_key = tls.key();
    Workspace space(settings);
    space.environment["SSL_CERT_FILE"] = tls.authority().string();
    // Loopback never goes through a proxy, so one that is not there does no harm.
    space.environment["https_proxy"] = "http://127.0.0.1:9";
    space.make_file("a.bin", 12 * Workspace::part + 3);
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["a.bin"])");
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(space.stored("a.bin", Workspace::bytes(12 * Workspace::part + 3)));
}

TEST_CASE("a certificate for another host is refused, on loopback too") {
    const TlsFixture tls;
    platform::PlatformSettings settings;
    settings.tls_certificate = tls.wrong_host_certificate();
    settings.tls_key = tls.wrong_host_key();
    Workspace space(settings);
    space.environment["SSL_CERT_FILE"] = tls.authority().string();
    space.make_file("a.bin", 10);
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["a.bin"])");
    CHECK(result.status == 1);
    CHECK(result.err.find("certificate") != std::string::npos);
    CHECK(space.server().counters().api_calls == 0);
}

TEST_CASE("a certificate of an unknown authority is refused, with the remedy") {
    const TlsFixture tls;
    platform::PlatformSettings settings;
    settings.tls_certificate = tls.certificate();
    settings.tls_key = tls.key();
    Workspace space(settings);
    space.make_file("a.bin", 10);
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["a.bin"])");
    CHECK(result.status == 1);
    CHECK(result.err.find("SSL_CERT_FILE") != std::string::npos);
}

} // namespace ferry::test
