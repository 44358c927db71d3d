#include "net/listener.hpp"

#include "net/connection.hpp"

#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Runnable.h>
#include <Poco/ThreadPool.h>

#include <fcntl.h>

#include <thread>
#include <utility>

namespace ferry::platform {
namespace {

constexpr int max_threads = 256; // each stalled request keeps one

void close_on_exec(const Poco::Net::Socket& socket) {
    ::fcntl(socket.impl()->sockfd(), F_SETFD, FD_CLOEXEC);
}

// A connection in a thread of the pool, which lets go of it in the end.
class Job : public Poco::Runnable {
  public:
    explicit Job(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
    void run() override {
        connection_->run();
        delete this;
    }

  private:
    std::unique_ptr<Connection> connection_;
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

Poco::Net::ServerSocket listen_on_port(const ListenerOptions& options, std::uint16_t port) {
    Poco::Net::ServerSocket socket = make_socket(options);
    // Without the shared port that POCO's default would allow: a second platform on it must fail.
    socket.bind(Poco::Net::SocketAddress("127.0.0.1", port), true, false);
    close_on_exec(socket);
    socket.listen(PortGate::backlog);
    return socket;
}

// A port that the system has picked is let go of when the socket ceases to listen, as a fault may want; one that was
// asked for by its number stays.
Poco::Net::ServerSocket listen_on(const ListenerOptions& options) {
    if (options.port != 0)
        return listen_on_port(options, options.port);
    for (int tries = 0;; ++tries) {
        const std::uint16_t free = listen_on_port(options, 0).address().port();
        try {
            return listen_on_port(options, free);
        } catch (const Poco::Net::NetException&) {
            if (tries == 20) // another process took it every time
                throw;
        }
    }
}

Poco::Net::HTTPServerParams::Ptr server_params() {
    Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
    params->setKeepAlive(true);
    params->setMaxKeepAliveRequests(0);
    params->setKeepAliveTimeout(Poco::Timespan(60, 0));
    params->setTimeout(Poco::Timespan(300, 0));
    return params;
}

} // namespace

class Listener::Impl {
  public:
    Impl(Service& service, PortGate& gate, const ListenerOptions& options)
        : service_(service)
        , gate_(gate)
        , socket_(listen_on(options))
        , pool_(2, max_threads)
        , params_(server_params()) {
        gate_.open(socket_.impl()->sockfd());
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~Impl() {
        gate_.close();
        acceptor_.join();
        pool_.joinAll();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    std::uint16_t port() const { return socket_.address().port(); }

  private:
    void accept_all() {
        while (gate_.take([this] { accept(); })) {
        }
    }
    // Never throws: what cannot be served is dropped.
    void accept() {
        try {
            const Poco::Net::StreamSocket taken = socket_.acceptConnection();
            close_on_exec(taken); // before a child process of a test can inherit it
            service_.connected();
            auto job = std::make_unique<Job>(std::make_unique<Connection>(taken, service_, gate_, params_));
            pool_.start(*job);
            job.release();
        } catch (const Poco::Exception&) {
        }
    }

    struct Tls {
        Tls() { Poco::Net::initializeSSL(); }
        ~Tls() { Poco::Net::uninitializeSSL(); }
    } tls_;
    Service& service_;
    PortGate& gate_;
    Poco::Net::ServerSocket socket_;
    Poco::ThreadPool pool_;
    Poco::Net::HTTPServerParams::Ptr params_;
    std::thread acceptor_;
};

Listener::Listener(Service& service, PortGate& gate, const ListenerOptions& options)
    : impl_(std::make_unique<Impl>(service, gate, options)) {}

Listener::~Listener() = default;

std::uint16_t Listener::port() const {
    return impl_->port();
}

} // namespace ferry::platform
