// Connections of our own: every step of making one is bounded by one timeout and ends at once on cancel.
#pragma once

#include "http/http_transport.hpp"
#include "http/proxy_rules.hpp"
#include "http/tls_context.hpp"
#include "http/tls_stream.hpp"
#include "http/waiter.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace ferry {

// A stream to a URL's origin, ready for requests.
struct Connection {
    std::unique_ptr<Stream> stream;
    TlsStream* tls = nullptr;          // the stream itself, if it is TLS
    std::optional<Proxy> http_proxy{}; // requests go out in absolute form, with this proxy's authorization
    bool used = false;                 // has carried a request before
};

using ConnectOutcome = std::variant<Connection, HttpFailure>;

// host:port, for messages
std::string peer_name(const Url& url);

// What an answer of the proxy itself comes to, when it is no way to `peer`: to CONNECT, or 407 to a request.
HttpFailure proxy_refusal(const Proxy& proxy, const std::string& peer, const HttpResponse& answer);

// Look-up, TCP over all addresses, proxy and TLS handshake, within `timeout` together. `proxy` is nullopt for a direct
// connection; `tls` is null for plain http; `session` may be null.
ConnectOutcome connect_to(const Url& url, const std::optional<Proxy>& proxy, const TlsContext* tls,
                          const TlsSession& session, Duration timeout, Waiter& waiter);

} // namespace ferry
