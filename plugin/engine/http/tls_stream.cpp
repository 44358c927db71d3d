#include "http/tls_stream.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <climits>
#include <new>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace ferry {

namespace {

constexpr std::size_t record_size = SSL3_RT_MAX_PLAIN_LENGTH; // the most that one takes
constexpr std::size_t record_overhead = SSL3_RT_HEADER_LENGTH + SSL3_RT_MAX_ENCRYPTED_OVERHEAD;
constexpr std::size_t sent_at_once = 4 * record_size; // a call for each record cost a tenth more; more, nothing

bool would_block(ssize_t count) {
    return count < 0 && (errno == EAGAIN || errno == EINTR);
}

bool is_address(const std::string& host) {
    in6_addr any{};
    return inet_pton(AF_INET, host.c_str(), &any) == 1 || inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

// Names what the certificate must hold for; OpenSSL checks it within the handshake.
bool expect_host(SSL* ssl, const std::string& host) {
    if (is_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

std::string failure_reason(int error_number) {
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    if (reason)
        return reason;
    return error_number != 0 ? std::generic_category().message(error_number) : "the peer closed the connection";
}

int to_int(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

} // namespace

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE when the peer is gone. That signal's disposition
// belongs to the host process, so this BIO sends with MSG_NOSIGNAL instead, and nothing has to be blocked or restored.
// Records of one write() are collected, as a call for each would cost more than their encryption.
struct TlsStream::Bio {
    static TlsStream& stream(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

    static int send(BIO* bio, const char* data, int size) {
        BIO_clear_retry_flags(bio);
        TlsStream& to = stream(bio);
        if (to.collecting_) {
            return to.collect(std::as_bytes(std::span(data, static_cast<std::size_t>(size)))) ? size : -1;
        }
        // Records in order: what a write() left comes before what OpenSSL says by itself.
        bool moved = false;
        const IoResult before = to.flush(true, moved);
        if (before.state == IoResult::State::again)
            BIO_set_retry_write(bio);
        if (before.state != IoResult::State::done)
            return -1;
        const ssize_t count = ::send(to.fd(), data, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (would_block(count))
            BIO_set_retry_write(bio);
        return static_cast<int>(count);
    }

    static int receive(BIO* bio, char* into, int size) {
        BIO_clear_retry_flags(bio);
        const ssize_t count = ::recv(stream(bio).fd(), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
        if (would_block(count))
            BIO_set_retry_read(bio);
        return static_cast<int>(count);
    }

    static long control(BIO*, int command, long, void*) {
        return command == BIO_CTRL_FLUSH ? 1 : 0; // write() sees to it
    }

    static const BIO_METHOD* method() {
        // Made once and never freed: connections may outlive any static destructor.
        static BIO_METHOD* const method = [] {
            BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ferry socket");
            if (made) {
                BIO_meth_set_write(made, send);
                BIO_meth_set_read(made, receive);
                BIO_meth_set_ctrl(made, control);
            }
            return made;
        }();
        return method;
    }

    static BIO* make(TlsStream& stream) {
        BIO* bio = method() ? BIO_new(method()) : nullptr;
        if (bio) {
            BIO_set_data(bio, &stream);
            BIO_set_init(bio, 1);
        }
        return bio;
    }
};

void TlsStream::Free::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

TlsStream::TlsStream(Descriptor socket, ssl_st* ssl) : socket_(std::move(socket)), ssl_(ssl) {}

std::unique_ptr<TlsStream> TlsStream::make(Descriptor socket, const TlsContext& context, const std::string& host,
                                           const TlsSession& session) {
    ERR_clear_error();
    SSL* ssl = SSL_new(context.native());
    if (!ssl)
        return nullptr;
    std::unique_ptr<TlsStream> stream(new TlsStream(std::move(socket), ssl));
    BIO* bio = Bio::make(*stream);
    if (!bio)
        return nullptr;
    SSL_set_bio(ssl, bio, bio); // owns it from here
    if (!expect_host(ssl, host))
        return nullptr;
    if (session)
        SSL_set_session(ssl, session.get()); // a session that does not fit costs a full handshake, no more
    SSL_set_connect_state(ssl);
    return stream;
}

TlsStream::~TlsStream() {
    // Without a shutdown OpenSSL holds the session for suspect and would not resume it. What was given up in the middle
    // of a write must not go out with it.
    if (broken_ || !records_.empty() || SSL_in_init(ssl_.get()))
        SSL_set_quiet_shutdown(ssl_.get(), 1);
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

IoResult TlsStream::outcome(int rc) {
    const int error_number = errno;
    switch (SSL_get_error(ssl_.get(), rc)) {
    case SSL_ERROR_NONE:
        return {IoResult::State::done, static_cast<std::size_t>(rc), 0, {}};
    case SSL_ERROR_WANT_READ:
        return {IoResult::State::again, 0, POLLIN, {}};
    case SSL_ERROR_WANT_WRITE:
        return {IoResult::State::again, 0, POLLOUT, {}};
    case SSL_ERROR_ZERO_RETURN:
        return {IoResult::State::closed, 0, 0, {}};
    default:
        broken_ = true;
        return {IoResult::State::failed, 0, 0, failure_reason(rc == 0 ? 0 : error_number)};
    }
}

// For OpenSSL, which knows no exceptions.
bool TlsStream::collect(std::span<const std::byte> record) noexcept {
    try {
        records_.insert(records_.end(), record.begin(), record.end());
        return true;
    } catch (const std::bad_alloc&) {
        errno = ENOMEM;
        return false;
    }
}

IoResult TlsStream::handshake() {
    ERR_clear_error();
    errno = 0;
    return outcome(SSL_do_handshake(ssl_.get()));
}

IoResult TlsStream::read(std::span<std::byte> into) {
    ERR_clear_error();
    errno = 0;
    return outcome(SSL_read(ssl_.get(), into.data(), to_int(into.size())));
}

// What has been encrypted counts as written once all its records are with the kernel: the caller then waits for the
// socket, and comes again with the same bytes.
IoResult TlsStream::write(std::span<const std::byte> bytes) {
    if (bytes.size() < encrypted_) {
        broken_ = true;
        return {IoResult::State::failed, 0, 0, "a write was not gone on with as it had begun"};
    }
    std::size_t written = 0;
    bool moved = false;
    IoResult io{IoResult::State::done, 0, 0, {}};
    while (io.state == IoResult::State::done && written < bytes.size()) {
        if (encrypted_ == 0)
            io = encrypt(bytes.subspan(written));
        // Also where nothing was encrypted: OpenSSL may have had something to say for itself.
        const IoResult sent = flush(written + encrypted_ < bytes.size(), moved);
        if (encrypted_ > 0 || sent.state != IoResult::State::done)
            io = sent;
        if (io.state == IoResult::State::done)
            written += std::exchange(encrypted_, 0);
    }
    // A slow line moves less than the records at a time: that is no standstill. What nothing more can be sent for shows
    // again at the next call.
    return moved && (written > 0 || io.state == IoResult::State::again)
               ? IoResult{IoResult::State::done, written, 0, {}}
               : io;
}

// As far as there is room among the records, and nothing stands against it.
IoResult TlsStream::encrypt(std::span<const std::byte> bytes) {
    records_.reserve(sent_at_once / record_size * (record_size + record_overhead));
    collecting_ = true;
    IoResult io{IoResult::State::done, 0, 0, {}};
    const auto wanted = bytes.first(std::min(bytes.size(), sent_at_once));
    while (io.state == IoResult::State::done && encrypted_ < wanted.size()) {
        const auto left = wanted.subspan(encrypted_);
        ERR_clear_error();
        errno = 0;
        io = outcome(SSL_write(ssl_.get(), left.data(), to_int(std::min(left.size(), record_size))));
        encrypted_ += io.bytes;
    }
    collecting_ = false;
    return io;
}

// `more`: further records follow at once, so the kernel may wait with the last segment. Sets `moved` if anything went.
IoResult TlsStream::flush(bool more, bool& moved) {
    while (records_sent_ < records_.size()) {
        const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
        const auto left = std::span(records_).subspan(records_sent_);
        const ssize_t count = ::send(fd(), left.data(), left.size(), flags);
        if (would_block(count))
            return {IoResult::State::again, 0, POLLOUT, {}};
        if (count < 0) {
            broken_ = true;
            return {IoResult::State::failed, 0, 0, std::generic_category().message(errno)};
        }
        records_sent_ += static_cast<std::size_t>(count);
        moved = true;
    }
    records_.clear();
    records_sent_ = 0;
    return {IoResult::State::done, 0, 0, {}};
}

std::string TlsStream::distrust() const {
    const long verdict = SSL_get_verify_result(ssl_.get());
    return verdict == X509_V_OK ? std::string() : X509_verify_cert_error_string(verdict);
}

bool TlsStream::distrusts_dates() const {
    const long verdict = SSL_get_verify_result(ssl_.get());
    return verdict == X509_V_ERR_CERT_HAS_EXPIRED || verdict == X509_V_ERR_CERT_NOT_YET_VALID;
}

TlsSession TlsStream::session() const {
    SSL_SESSION* session = SSL_get1_session(ssl_.get());
    TlsSession owned(session, [](ssl_session_st* one) { SSL_SESSION_free(one); });
    return session && SSL_SESSION_is_resumable(session) ? owned : nullptr;
}

bool TlsStream::resumed() const {
    return SSL_session_reused(ssl_.get()) == 1;
}

} // namespace ferry
