// The transport of the product: HTTP/1.1 over sockets and TLS. What it needs of POCO Net stays behind this header.
#pragma once

#include "http/http_transport.hpp"
#include "http/proxy_rules.hpp"
#include "http/tls_context.hpp"

#include <memory>
#include <unistd.h>

namespace ferry {

struct TransportSettings {
    ProxySettings proxies;
    CertificateSources certificates;
};

// Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY (any case; lower case wins over other spellings), SSL_CERT_FILE,
// SSL_CERT_DIR, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE from a list in the form of environ. Empty values count as absent.
TransportSettings transport_settings_from_environment(const char* const* environment = ::environ);

// An error if requests to `url` would need a proxy whose address makes no sense. Without network.
Status check_proxy(const TransportSettings& settings, const Url& url);

// Fails if certificates are named that cannot be read. The system's own are read when the first https connection is
// made, a bad proxy address fails the requests that would need it.
Result<std::unique_ptr<TransportFactory>> make_poco_transports(TransportSettings settings);

} // namespace ferry
