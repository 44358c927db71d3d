// The seam between the engine and the network: one request out, one answer or the reason why there is none.
// An HTTP error status is an answer; only "no answer" is a failure.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/status.hpp"
#include "http/url.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ferry {

struct HttpHeader {
    std::string name;
    std::string value;
};

bool same_header_name(std::string_view a, std::string_view b); // ASCII letters compare without case

// Headers in the order received or to be sent; names compare without case.
class HttpHeaders {
  public:
    void add(std::string name, std::string value) { list_.push_back({std::move(name), std::move(value)}); }
    std::optional<std::string_view> find(std::string_view name) const; // the first of that name
    const std::vector<HttpHeader>& list() const { return list_; }

  private:
    std::vector<HttpHeader> list_;
};

// A stretch of an open file.
struct FileSlice {
    int fd = -1; // the lender's
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

// A request body of known size, read once from start to end per attempt; the transport rewinds before it reads. Not
// thread-safe.
class BodySource {
  public:
    virtual ~BodySource() = default;
    virtual std::uint64_t size() const = 0; // bytes
    // The next bytes, valid until the next call; empty at the end.
    virtual Result<std::span<const std::byte>> read() = 0;
    virtual Status rewind() = 0;
    // What is left, if it may go out straight from a file: nobody wants to see the bytes on their way, or to slow them.
    virtual std::optional<FileSlice> rest() const { return std::nullopt; }
    virtual void sent_from_file(std::uint64_t /*bytes*/) {} // of rest(), from its start; read() goes on behind them
};

struct HttpTimeouts {
    Duration connect{30'000}; // name look-up, TCP, proxy and TLS handshake together
    Duration stall{60'000};   // no byte moved either way
    Duration answer{60'000};  // waiting for the first byte of the answer once the request is out
};

struct HttpRequest {
    std::string method;  // "GET", "PUT", ...
    Url url;             // its target goes out byte for byte
    HttpHeaders headers; // sent as they are; Host, Content-Length and Connection are added, nothing else
    std::string body; // used if source is null; sent with Content-Length if not empty or method is POST, PUT or PATCH
    BodySource* source = nullptr; // borrowed for the call; always sent with Content-Length
    HttpTimeouts timeouts;
    // True if sending the request twice is harmless. Only then does the transport repeat it by itself, once, on a new
    // connection, when a kept-alive one turns out to be closed.
    bool repeatable = false;
};

struct HttpResponse {
    int status = 0;
    HttpHeaders headers;
    std::string body; // at most HttpTransport::max_body bytes; a longer one is an invalid_answer
};

enum class FailureKind {
    no_connection,  // no server was met: look-up, refused, connect timeout, handshake cut; nothing was sent
    untrusted,      // the certificate does not hold for the host; permanent
    proxy_refused,  // the proxy answered CONNECT with an error, see proxy_status; permanent unless 5xx
    lost_answer,    // the request went out, wholly or in part, and no answer came back: reset, closed, cut short
    stalled,        // no byte moved for the stall time, or no answer within the answer time
    invalid_answer, // what came back is not HTTP, or its body is too long
    body,           // the request cannot be put together: the BodySource failed, or a header may not be sent
    cancelled,
};

struct HttpFailure {
    FailureKind kind = FailureKind::no_connection;
    std::string message;  // with host and port, never with path, query or headers
    int proxy_status = 0; // proxy_refused: the proxy's answer to CONNECT
    std::string advice{}; // what to do about it, as a clause of its own; empty: nothing can be said
};

using HttpOutcome = std::variant<HttpResponse, HttpFailure>;

// Sends requests over kept-alive connections, which all transports of a factory share. Not thread-safe: one per slot.
class HttpTransport {
  public:
    static constexpr std::size_t max_body = 64u << 20;
    virtual ~HttpTransport() = default;
    // Blocks; returns within a fraction of a second after cancel. Never follows redirects. Never throws.
    virtual HttpOutcome send(const HttpRequest& request, CancelToken& cancel) = 0;
};

// Thread-safe maker of transports that share connections, TLS settings and proxy rules.
class TransportFactory {
  public:
    virtual ~TransportFactory() = default;
    virtual std::unique_ptr<HttpTransport> make() = 0;
};

} // namespace ferry
