#include "net/listener.hpp"

#include "net/connection.hpp"

#include <Poco/Net/Context.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/ThreadPool.h>

#include <fcntl.h>
#include <sys/socket.h>

namespace ferry::platform {
namespace {

constexpr int max_threads = 256; // each stalled request keeps one
constexpr int backlog = 256;

void close_on_exec(const Poco::Net::Socket& socket) {
    ::fcntl(socket.impl()->sockfd(), F_SETFD, FD_CLOEXEC);
}

class Factory : public Poco::Net::TCPServerConnectionFactory {
  public:
    Factory(Service& service, OpenSockets& open, Poco::Net::HTTPServerParams::Ptr params)
        : service_(service)
        , open_(open)
        , params_(std::move(params)) {}
    Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
        return new Connection(socket, service_, open_, params_);
    }

  private:
    Service& service_;
    OpenSockets& open_;
    Poco::Net::HTTPServerParams::Ptr params_;
};

// In the accepting thread, before a child process of a test can inherit the connection.
class Door : public Poco::Net::TCPServerConnectionFilter {
  public:
    explicit Door(Service& service) : service_(service) {}
    bool accept(const Poco::Net::StreamSocket& socket) override {
        close_on_exec(socket);
        service_.connected();
        return true;
    }

  private:
    Service& service_;
};

Poco::Net::ServerSocket make_socket(const ListenerOptions& options) {
    using namespace Poco::Net;
    if (options.tls_certificate.empty())
        return ServerSocket();
    Context::Params params;
    params.certificateFile = options.tls_certificate.string();
    params.privateKeyFile = options.tls_key.string();
    params.verificationMode = Context::VERIFY_NONE;
    Context::Ptr context = new Context(Context::TLS_SERVER_USE, params);
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context->enableSessionCache(true, "ferry-local-platform");
    return SecureServerSocket(context);
}

Poco::Net::ServerSocket listen_on(const ListenerOptions& options) {
    Poco::Net::ServerSocket socket = make_socket(options);
    // Without the shared port that POCO's default would allow: a second platform on it must fail.
    socket.bind(Poco::Net::SocketAddress("127.0.0.1", options.port), true, false);
    close_on_exec(socket);
    socket.listen(backlog);
    return socket;
}

Poco::Net::HTTPServerParams::Ptr server_params() {
    Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
    params->setMaxThreads(max_threads);
    params->setMaxQueued(1000);
    // POCO's dispatcher may miss the wake-up of a stop; a thread then waits for as long as this.
    params->setThreadIdleTime(Poco::Timespan(0, 100'000));
    params->setKeepAlive(true);
    params->setMaxKeepAliveRequests(0);
    params->setKeepAliveTimeout(Poco::Timespan(60, 0));
    params->setTimeout(Poco::Timespan(300, 0));
    return params;
}

} // namespace

class Listener::Impl {
  public:
    Impl(Service& service, const ListenerOptions& options)
        : socket_(listen_on(options))
        , pool_(2, max_threads)
        , params_(server_params())
        , server_(new Factory(service, open_, params_), pool_, socket_, params_) {
        server_.setConnectionFilter(new Door(service));
        server_.start();
    }
    ~Impl() {
        // Wakes the accepting thread, which would else notice the stop a quarter of a second later.
        ::shutdown(socket_.impl()->sockfd(), SHUT_RDWR);
        server_.stop();
        open_.cut_all();
        pool_.joinAll();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    std::uint16_t port() const { return socket_.address().port(); }

  private:
    struct Tls {
        Tls() { Poco::Net::initializeSSL(); }
        ~Tls() { Poco::Net::uninitializeSSL(); }
    } tls_;
    Poco::Net::ServerSocket socket_;
    OpenSockets open_;
    Poco::ThreadPool pool_;
    Poco::Net::HTTPServerParams::Ptr params_;
    Poco::Net::TCPServer server_;
};

Listener::Listener(Service& service, const ListenerOptions& options)
    : impl_(std::make_unique<Impl>(service, options)) {}

Listener::~Listener() = default;

std::uint16_t Listener::port() const {
    return impl_->port();
}

} // namespace ferry::platform
