#include "sink/channel.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace ferry::bench {

namespace {

constexpr std::size_t discard_piece = 4u << 20;
constexpr std::size_t tls_read_ahead = 256u << 10; // else a record costs two calls: for its head and for the rest

class Socket {
  public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    ~Socket() { ::close(descriptor_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int get() const { return descriptor_; }

  private:
    int descriptor_;
};

class PlainChannel final : public Channel {
  public:
    explicit PlainChannel(int descriptor) : socket_(descriptor) {}

    std::size_t read(char* into, std::size_t size) override { return receive(into, size, 0); }

    // For TCP, MSG_TRUNC drops the bytes in the kernel, without a copy.
    void discard(std::uint64_t size) override {
        while (size > 0)
            size -= receive(nullptr, std::min<std::uint64_t>(size, discard_piece), MSG_TRUNC);
    }

    void send(std::string_view bytes) override {
        while (!bytes.empty()) {
            const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count < 0 && errno != EINTR)
                throw PeerGone();
            bytes.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
        }
    }

  private:
    std::size_t receive(char* into, std::size_t size, int flags) {
        for (;;) {
            const ssize_t count = ::recv(socket_.get(), into, size, flags);
            if (count > 0)
                return static_cast<std::size_t>(count);
            if (count == 0 || errno != EINTR)
                throw PeerGone();
        }
    }

    Socket socket_;
};

class TlsChannel final : public Channel {
  public:
    TlsChannel(int descriptor, ssl_ctx_st* context) : socket_(descriptor), ssl_(SSL_new(context)) {
        if (!ssl_ || SSL_set_fd(ssl_.get(), descriptor) != 1 || SSL_accept(ssl_.get()) != 1)
            throw PeerGone();
    }
    ~TlsChannel() override { SSL_shutdown(ssl_.get()); }

    std::size_t read(char* into, std::size_t size) override {
        const int count = SSL_read(ssl_.get(), into, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
        if (count <= 0)
            throw PeerGone();
        return static_cast<std::size_t>(count);
    }

    void discard(std::uint64_t size) override {
        while (size > 0)
            size -= read(scratch_.data(), std::min<std::uint64_t>(size, scratch_.size()));
    }

    void send(std::string_view bytes) override {
        if (SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0)
            throw PeerGone();
    }

    bool resumed() const override { return SSL_session_reused(ssl_.get()) == 1; }

  private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    Socket socket_;
    std::unique_ptr<SSL, Free> ssl_;
    std::array<char, 16u << 10> scratch_; // a record: the next one overwrites it while it is in the cache
};

} // namespace

void TlsIdentity::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

TlsIdentity::TlsIdentity(const std::string& certificate, const std::string& key) {
    if (certificate.empty() && key.empty())
        return;
    context_.reset(SSL_CTX_new(TLS_server_method()));
    if (!context_ || SSL_CTX_use_certificate_chain_file(context_.get(), certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error("cannot use the certificate " + certificate + " with the key " + key);
    SSL_CTX_set_read_ahead(context_.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context_.get(), tls_read_ahead);
}

std::unique_ptr<Channel> make_channel(int descriptor, const TlsIdentity& identity) {
    if (identity.set())
        return std::make_unique<TlsChannel>(descriptor, identity.context());
    return std::make_unique<PlainChannel>(descriptor);
}

} // namespace ferry::bench
