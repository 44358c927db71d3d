// TLS over a connected socket, verified against the host's name.
#pragma once

#include "http/stream.hpp"
#include "http/tls_context.hpp"

#include <cstddef>
#include <memory>
#include <vector>

struct ssl_st;
struct ssl_session_st;

namespace ferry {

using TlsSession = std::shared_ptr<ssl_session_st>; // what a later connection to the same host resumes from

class TlsStream final : public Stream {
  public:
    // `host` is a name (sent as SNI) or an address; the certificate must hold for it, on loopback too.
    // `session` may be null. Null if OpenSSL cannot make one.
    static std::unique_ptr<TlsStream> make(Descriptor socket, const TlsContext& context, const std::string& host,
                                           const TlsSession& session);
    ~TlsStream() override;

    IoResult handshake();
    // Why the certificate is refused, in OpenSSL's words; empty if it is not the certificate that failed.
    std::string distrust() const;
    bool distrusts_dates() const; // that reason is the time of day alone
    // Under TLS 1.3 the ticket comes behind the handshake: ask after the first answer. Null if there is none.
    TlsSession session() const;
    bool resumed() const;

    IoResult read(std::span<std::byte> into) override;
    IoResult write(std::span<const std::byte> bytes) override;
    int fd() const override { return socket_.get(); }

  private:
    struct Free {
        void operator()(ssl_st* ssl) const;
    };
    TlsStream(Descriptor socket, ssl_st* ssl);
    struct Bio; // what OpenSSL reads from and writes to
    IoResult outcome(int rc);
    IoResult encrypt(std::span<const std::byte> bytes);
    IoResult flush(bool more, bool& moved);
    bool collect(std::span<const std::byte> record) noexcept;

    Descriptor socket_;
    std::unique_ptr<ssl_st, Free> ssl_; // its BIO points to the socket, so it goes first
    bool broken_ = false;               // no orderly shutdown any more
    // Records that write() sends with one call, and how many of the caller's next bytes they hold.
    std::vector<std::byte> records_;
    std::size_t records_sent_ = 0; // bytes
    std::size_t encrypted_ = 0;
    bool collecting_ = false; // what OpenSSL writes now goes there
};

} // namespace ferry
