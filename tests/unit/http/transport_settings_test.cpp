#include "http/poco_transport.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("proxy variables are found in any case, lower case first") {
    const char* const upper_first[] = {"HTTPS_PROXY=http://upper", "https_proxy=http://lower",
                                       "Http_Proxy=http://mixed", "NO_PROXY=a=b,c", nullptr};
    const ProxySettings found = transport_settings_from_environment(upper_first).proxies;
    CHECK(found.https_proxy.name == "https_proxy");
    CHECK(found.https_proxy.value == "http://lower");
    CHECK(found.http_proxy.name == "Http_Proxy");
    CHECK(found.http_proxy.value == "http://mixed");
    CHECK(found.no_proxy.value == "a=b,c");

    const char* const lower_first[] = {"https_proxy=http://lower", "HTTPS_PROXY=http://upper", nullptr};
    CHECK(transport_settings_from_environment(lower_first).proxies.https_proxy.value == "http://lower");
}

TEST_CASE("empty and foreign variables count as absent") {
    const char* const environment[] = {"https_proxy=",   "HTTPS_PROXY=http://upper", "HTTP_PROXYS=x",  "XNO_PROXY=x",
                                       "SSL_CERT_FILE=", "ssl_cert_dir=/lower",      "no equals sign", nullptr};
    const TransportSettings found = transport_settings_from_environment(environment);
    CHECK(found.proxies.https_proxy.value == "http://upper");
    CHECK(found.proxies.http_proxy.value.empty());
    CHECK(found.proxies.no_proxy.value.empty());
    CHECK(found.certificates.file.empty());
    CHECK(found.certificates.directory.empty());
    CHECK(transport_settings_from_environment(nullptr).proxies.https_proxy.value.empty());
}

TEST_CASE("SSL_CERT_FILE and SSL_CERT_DIR are taken as they stand") {
    const char* const environment[] = {"SSL_CERT_FILE=/a b/c=d.pem", "SSL_CERT_DIR=/x:/y", nullptr};
    const CertificateSources found = transport_settings_from_environment(environment).certificates;
    CHECK(found.file == "/a b/c=d.pem");
    CHECK(found.directory == "/x:/y");
}

TEST_CASE("REQUESTS_CA_BUNDLE comes before CURL_CA_BUNDLE") {
    const char* const both[] = {"CURL_CA_BUNDLE=/curl.pem", "REQUESTS_CA_BUNDLE=/requests.pem", nullptr};
    const CertificateSources found = transport_settings_from_environment(both).certificates;
    CHECK(found.bundle.name == "REQUESTS_CA_BUNDLE");
    CHECK(found.bundle.value == "/requests.pem");
    const char* const one[] = {"CURL_CA_BUNDLE=/curl.pem", "REQUESTS_CA_BUNDLE=", nullptr};
    CHECK(transport_settings_from_environment(one).certificates.bundle.name == "CURL_CA_BUNDLE");
    const char* const neither[] = {"CURL_CA_BUNDLE=", nullptr};
    CHECK(transport_settings_from_environment(neither).certificates.bundle.name.empty());
    CHECK(!transport_settings_from_environment(neither).certificates.any());
}

TEST_CASE("a proxy address can be checked before anything is sent") {
    TransportSettings settings;
    settings.proxies.https_proxy = {"HTTPS_PROXY", "nonsense://x"};
    CHECK(!check_proxy(settings, *Url::parse("https://h")).ok());
    CHECK(check_proxy(settings, *Url::parse("http://h")).ok());
    CHECK(check_proxy(settings, *Url::parse("https://127.0.0.1")).ok());
}

} // namespace ferry::test
