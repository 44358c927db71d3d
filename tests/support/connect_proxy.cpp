#include "connect_proxy.hpp"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace ferry::test {
namespace {

class Socket {
  public:
    explicit Socket(int fd) : fd_(fd) {}
    ~Socket() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int get() const { return fd_; }

  private:
    const int fd_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

std::string basic_header(const std::string& log_in) {
    if (log_in.empty())
        return {};
    std::string text((log_in.size() + 2) / 3 * 4 + 1, '\0'); // and a NUL
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(log_in.data()), static_cast<int>(log_in.size()));
    text.resize(static_cast<std::size_t>(size));
    return "\r\nProxy-Authorization: Basic " + text + "\r\n";
}

bool send_text(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

// True once one of the two may be read; false at the proxy's end. A descriptor of -1 is left alone.
bool wait_for(std::array<pollfd, 3>& fds) {
    while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR)
        continue;
    return fds[2].revents == 0;
}

// The head of a request; empty if the client goes, or the proxy.
std::string read_head(int client, int stop) {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) { // a client of a tunnel says nothing more before the answer
        std::array<pollfd, 3> fds{{{client, POLLIN, 0}, {-1, 0, 0}, {stop, POLLIN, 0}}};
        std::array<char, 4096> buffer;
        if (!wait_for(fds))
            return {};
        const ssize_t count = ::recv(client, buffer.data(), buffer.size(), 0);
        if (count <= 0)
            return {};
        head.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return head;
}

// False at the end of what `from` has to say.
bool pass_on(int from, int to) {
    std::array<char, 64u << 10> buffer;
    const ssize_t count = ::recv(from, buffer.data(), buffer.size(), 0);
    if (count > 0 && send_text(to, {buffer.data(), static_cast<std::size_t>(count)}))
        return true;
    ::shutdown(to, SHUT_WR);
    return false;
}

void relay(int client, int server, int stop) {
    std::array<pollfd, 3> fds{{{client, POLLIN, 0}, {server, POLLIN, 0}, {stop, POLLIN, 0}}};
    while ((fds[0].fd >= 0 || fds[1].fd >= 0) && wait_for(fds)) {
        if (fds[0].revents != 0 && !pass_on(client, server))
            fds[0].fd = -1;
        if (fds[1].revents != 0 && !pass_on(server, client))
            fds[1].fd = -1;
    }
}

} // namespace

ConnectProxy::ConnectProxy(std::string log_in)
    : authorization_(basic_header(log_in))
    , stop_(::eventfd(0, EFD_CLOEXEC)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (stop_ < 0 || listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        ::listen(listener_, 128) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
        throw std::system_error(errno, std::generic_category(), "the test's proxy cannot listen");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

ConnectProxy::~ConnectProxy() {
    ::eventfd_write(stop_, 1);
    acceptor_.join();
    for (std::thread& tunnel : tunnels_)
        tunnel.join();
    ::close(listener_);
    ::close(stop_);
}

std::vector<std::string> ConnectProxy::targets() const {
    std::lock_guard lock(mutex_);
    return targets_;
}

int ConnectProxy::refused() const {
    std::lock_guard lock(mutex_);
    return refused_;
}

void ConnectProxy::accept_all() {
    std::array<pollfd, 3> fds{{{listener_, POLLIN, 0}, {-1, 0, 0}, {stop_, POLLIN, 0}}};
    while (wait_for(fds)) {
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0)
            continue;
        std::lock_guard lock(mutex_);
        tunnels_.emplace_back([this, client] { serve(client); });
    }
}

bool ConnectProxy::may_pass(const std::string& head) {
    const bool may = authorization_.empty() || head.find(authorization_) != std::string::npos;
    std::lock_guard lock(mutex_);
    refused_ += may ? 0 : 1;
    return may;
}

void ConnectProxy::serve(int descriptor) {
    const Socket client(descriptor);
    const std::string head = read_head(client.get(), stop_);
    constexpr std::string_view method = "CONNECT ";
    if (head.empty())
        return;
    if (!head.starts_with(method)) {
        send_text(client.get(), "HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n");
        return;
    }
    if (!may_pass(head)) {
        send_text(client.get(), "HTTP/1.1 407 Proxy Authentication Required\r\n"
                                "Proxy-Authenticate: Basic realm=\"test\"\r\nConnection: close\r\n\r\n");
        return;
    }
    const std::string target = head.substr(method.size(), head.find(' ', method.size()) - method.size());
    const sockaddr_in address = loopback(static_cast<std::uint16_t>(std::stoi(target.substr(target.rfind(':') + 1))));
    const Socket server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        send_text(client.get(), "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n");
        return;
    }
    {
        std::lock_guard lock(mutex_);
        targets_.push_back(target);
    }
    if (send_text(client.get(), "HTTP/1.1 200 Connection established\r\n\r\n"))
        relay(client.get(), server.get(), stop_);
}

} // namespace ferry::test
