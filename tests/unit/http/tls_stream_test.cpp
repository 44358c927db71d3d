#include "http/tls_stream.hpp"
#include "tls_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fcntl.h>
#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace ferry::test {
namespace {

using Bytes = std::vector<std::byte>;

Bytes counted(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::byte>(i * 31 + i / 251);
    return bytes;
}

// A stream and its peer on one thread, which take turns.
class Pair {
  public:
    // `buffer`: bytes that the socket takes; 0: the system's choice.
    explicit Pair(int version, int buffer = 0) {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
        if (buffer > 0)
            REQUIRE(::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) == 0);
        peer_socket_ = Descriptor(ends[1]);
        SSL_CTX_set_max_proto_version(server_.get(), version);
        SSL_CTX_set_session_cache_mode(server_.get(), SSL_SESS_CACHE_OFF); // a second handshake is a whole one, too
        SSL_CTX_set_options(server_.get(), SSL_OP_NO_TICKET);
        REQUIRE(SSL_CTX_use_certificate_file(server_.get(), files_.certificate().c_str(), SSL_FILETYPE_PEM) == 1);
        REQUIRE(SSL_CTX_use_PrivateKey_file(server_.get(), files_.key().c_str(), SSL_FILETYPE_PEM) == 1);
        peer_.reset(SSL_new(server_.get()));
        SSL_set_bio(peer_.get(), BIO_new(BIO_s_mem()), BIO_new_socket(ends[1], BIO_NOCLOSE));
        BIO_set_mem_eof_return(SSL_get_rbio(peer_.get()), -1);
        SSL_set_accept_state(peer_.get());
        auto context = TlsContext::make({.file = files_.authority().string(), .directory = {}});
        REQUIRE(context.ok());
        context_ = std::move(*context);
        stream = TlsStream::make(Descriptor(ends[0]), *context_, "localhost", nullptr);
        REQUIRE(stream);
        for (int turn = 0; turn < 20 && stream->handshake().state != IoResult::State::done; ++turn)
            listen(100'000);
        listen(100'000);
    }

    // The peer takes so many bytes off the line, and what they hold.
    void listen(std::size_t most) {
        Bytes raw(most);
        const ssize_t count = ::recv(peer_socket_.get(), raw.data(), raw.size(), MSG_DONTWAIT);
        if (count > 0)
            BIO_write(SSL_get_rbio(peer_.get()), raw.data(), static_cast<int>(count));
        Bytes plain(16'384);
        for (int got; (got = SSL_read(peer_.get(), plain.data(), static_cast<int>(plain.size()))) > 0;)
            heard.insert(heard.end(), plain.begin(), plain.begin() + got);
    }

    void ask_for_a_new_handshake() {
        REQUIRE(SSL_renegotiate(peer_.get()) == 1);
        SSL_do_handshake(peer_.get());
    }

    Bytes heard;

  private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    TlsFixture files_;
    Descriptor peer_socket_;
    std::unique_ptr<SSL_CTX, Free> server_{SSL_CTX_new(TLS_server_method())};
    std::unique_ptr<SSL, Free> peer_;
    std::unique_ptr<TlsContext> context_;

  public:
    std::unique_ptr<TlsStream> stream;
};

} // namespace

TEST_CASE("what has been written arrives, whatever the line takes at once, and each move is told") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Pair pair(version, 4096);
        const Bytes all = counted(300'000);
        std::span<const std::byte> left(all);
        int moved_without_a_count = 0;
        for (int turn = 0; turn < 10'000 && !left.empty(); ++turn) {
            const IoResult io = pair.stream->write(left);
            REQUIRE(io.state != IoResult::State::failed);
            left = left.subspan(io.bytes);
            moved_without_a_count += io.state == IoResult::State::done && io.bytes == 0 ? 1 : 0;
            if (io.state == IoResult::State::again)
                pair.listen(1500);
        }
        REQUIRE(left.empty());
        for (int turn = 0; turn < 1000 && pair.heard.size() < all.size(); ++turn)
            pair.listen(100'000);
        CHECK(pair.heard == all);
        CHECK(moved_without_a_count > 0);
    }
}

TEST_CASE("a peer that wants a new handshake in the middle of a write gets it") {
    Pair pair(TLS1_2_VERSION);
    const Bytes all = counted(300'000);
    pair.ask_for_a_new_handshake();
    Bytes nothing(100);
    CHECK(pair.stream->read(nothing).state == IoResult::State::again);
    pair.listen(100'000); // the peer's part of it is on the line before the next write
    std::span<const std::byte> left(all);
    for (int turn = 0; turn < 1000 && !left.empty(); ++turn) {
        const IoResult io = pair.stream->write(left);
        REQUIRE(io.state != IoResult::State::failed);
        left = left.subspan(io.bytes);
        pair.listen(100'000);
    }
    REQUIRE(left.empty());
    pair.listen(1'000'000);
    CHECK(pair.heard == all);
}

TEST_CASE("a write that is not gone on with as it had begun fails, and nothing of it goes out at the end") {
    Pair pair(TLS1_3_VERSION, 4096);
    const Bytes all = counted(12'000); // one record, for which the line has no room at once
    IoResult io = pair.stream->write(all);
    for (int turn = 0; turn < 10 && io.state == IoResult::State::done && io.bytes == 0; ++turn)
        io = pair.stream->write(all);
    REQUIRE(io.state == IoResult::State::again);
    pair.listen(100'000);
    CHECK(pair.stream->write(std::span(all).first(10)).state == IoResult::State::failed);
    pair.stream.reset();
    for (int turn = 0; turn < 10; ++turn)
        pair.listen(100'000);
    CHECK(pair.heard.empty());
}

} // namespace ferry::test
