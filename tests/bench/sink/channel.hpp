// One connection's bytes, plain or TLS, blocking: a thread serves it alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;

namespace ferry::bench {

struct PeerGone {}; // the client has ended the connection, or TLS was not to its liking

class Channel {
  public:
    virtual ~Channel() = default;
    virtual std::size_t read(char* into, std::size_t size) = 0; // throws PeerGone
    virtual void discard(std::uint64_t size) = 0;               // throws PeerGone
    virtual void send(std::string_view bytes) = 0;              // throws PeerGone
    virtual bool resumed() const { return false; }              // the TLS session of an earlier connection
};

// The server's identity; without a certificate it speaks plain HTTP.
class TlsIdentity {
  public:
    TlsIdentity(const std::string& certificate, const std::string& key); // PEM files; throws std::runtime_error
    bool set() const { return context_ != nullptr; }
    ssl_ctx_st* context() const { return context_.get(); }

  private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    std::unique_ptr<ssl_ctx_st, Free> context_;
};

// Takes the descriptor and, with an identity, shakes hands. Throws PeerGone.
std::unique_ptr<Channel> make_channel(int descriptor, const TlsIdentity& identity);

} // namespace ferry::bench
