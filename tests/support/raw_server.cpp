#include "raw_server.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace ferry::test {

namespace {

struct ClientGone {};

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// A listening loopback socket and its port.
std::pair<int, std::uint16_t> listen_on_loopback(int backlog) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(fd, backlog) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
        fail("cannot listen on a loopback port");
    return {fd, ntohs(address.sin_port)};
}

std::size_t content_length(std::string_view head) {
    static constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t at = head.find(name);
    return at == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(at + name.size(), 20)));
}

} // namespace

Peer::Peer(int fd) : fd_(fd) {
    const int on = 1; // what was sent has left before a reset follows
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Peer::~Peer() {
    close();
}

void Peer::drop_tls() {
    SSL_free(std::exchange(ssl_, nullptr));
    SSL_CTX_free(std::exchange(context_, nullptr));
    ERR_clear_error();
}

bool Peer::start_tls(const ServerIdentity& identity) {
    context_ = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context_, identity.certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context_, identity.key.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error("the server's certificate cannot be read");
    // Tickets of one connection must hold on the next, which has a context of its own: fixed keys for both.
    std::array<unsigned char, 80> ticket_keys{};
    SSL_CTX_set_tlsext_ticket_keys(context_, ticket_keys.data(), static_cast<long>(ticket_keys.size()));
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    const bool accepted = SSL_accept(ssl_) == 1;
    ERR_clear_error();
    return accepted;
}

bool Peer::resumed() const {
    return ssl_ && SSL_session_reused(ssl_) == 1;
}

std::string Peer::read_some() {
    std::array<char, 16'384> buffer;
    const int size = static_cast<int>(buffer.size());
    const long count = ssl_ ? SSL_read(ssl_, buffer.data(), size) : ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (count <= 0)
        throw ClientGone();
    return {buffer.data(), static_cast<std::size_t>(count)};
}

std::string Peer::read_head() {
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
        pending_ += read_some();
    return read_bytes(end + 4);
}

std::string Peer::read_bytes(std::size_t size) {
    while (pending_.size() < size)
        pending_ += read_some();
    std::string bytes = pending_.substr(0, size);
    pending_.erase(0, size);
    return bytes;
}

std::string Peer::read_request() {
    const std::string head = read_head();
    return head + read_bytes(content_length(head));
}

void Peer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const int size = static_cast<int>(bytes.size());
        const long count =
            ssl_ ? SSL_write(ssl_, bytes.data(), size) : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            throw ClientGone();
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Peer::drip(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        send(bytes.substr(i, 1));
}

void Peer::reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    cut();
}

void Peer::cut() {
    drop_tls();
    std::lock_guard lock(closing_);
    if (fd_ >= 0)
        ::close(std::exchange(fd_, -1));
}

void Peer::close() {
    if (ssl_)
        SSL_shutdown(ssl_);
    cut();
}

void Peer::wait_for_close() {
    for (;;)
        read_some();
}

void Peer::hold() {
    pollfd one{fd_, POLLRDHUP, 0};
    while (::poll(&one, 1, -1) < 0 && errno == EINTR)
        continue;
}

void Peer::stop() {
    std::lock_guard lock(closing_);
    if (fd_ >= 0)
        ::shutdown(fd_, SHUT_RDWR);
}

RawServer::RawServer(std::vector<Script> scripts) : scripts_(std::move(scripts)), stop_(::eventfd(0, EFD_CLOEXEC)) {
    std::tie(listener_, port_) = listen_on_loopback(16);
    thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        ::eventfd_write(stop_, 1);
        if (current_)
            current_->stop();
    }
    thread_.join();
    ::close(listener_);
    ::close(stop_);
    for (const std::string& problem : problems_)
        FAIL_CHECK("the server's script failed: " << problem);
    if (connections() != static_cast<int>(scripts_.size()))
        FAIL_CHECK(connections() << " connections came, but there are " << scripts_.size() << " scripts");
}

void RawServer::serve() {
    sigset_t pipe; // OpenSSL writes with write(2); blocked here alone, so that the client's side gets no such mercy
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    for (const Script& script : scripts_) {
        const int fd = next_connection();
        if (fd < 0)
            return;
        ++connections_;
        run(script, fd);
    }
}

// -1 at the server's end, but only when nobody waits to be accepted any more.
int RawServer::next_connection() {
    std::array<pollfd, 2> fds{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR)
        continue;
    return (fds[0].revents & POLLIN) ? ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC) : -1;
}

void RawServer::run(const Script& script, int fd) {
    Peer peer(fd);
    {
        std::lock_guard lock(mutex_);
        if (stopping_)
            peer.stop();
        current_ = &peer;
    }
    std::string problem;
    try {
        script(peer);
    } catch (const ClientGone&) {
        // as most clients do in the end
    } catch (const std::exception& e) {
        problem = e.what();
    }
    std::lock_guard lock(mutex_);
    current_ = nullptr;
    if (!problem.empty() && !stopping_) // the server's own end cuts scripts short
        problems_.push_back(problem);
}

FullPort::FullPort() {
    const auto [listener, port] = listen_on_loopback(0);
    port_ = port;
    fds_.push_back(listener);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    for (int i = 0; i < 3; ++i) { // one fits the queue, the others wait for it
        fds_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        ::connect(fds_.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
}

FullPort::~FullPort() {
    for (const int fd : fds_)
        ::close(fd);
}

} // namespace ferry::test
