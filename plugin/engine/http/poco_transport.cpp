#include "http/poco_transport.hpp"

#include "http/connection_pool.hpp"
#include "http/exchange.hpp"

#include <exception>
#include <mutex>

namespace ferry {

namespace {

// What all transports of a factory share. Thread-safe.
class Shared {
  public:
    Shared(ProxySettings proxies, std::unique_ptr<TlsContext> tls)
        : proxies_(std::move(proxies))
        , tls_(std::move(tls)) {}

    const ProxyRules& proxies() const { return proxies_; }
    ConnectionPool& pool() { return pool_; }

    // The system's certificates are read by the first that needs them: it takes its time, and many runs are http only.
    Result<const TlsContext*> tls() {
        std::lock_guard lock(mutex_);
        if (!tls_) {
            auto made = TlsContext::make({});
            if (!made)
                return made.error();
            tls_ = std::move(*made);
        }
        return static_cast<const TlsContext*>(tls_.get());
    }

  private:
    const ProxyRules proxies_;
    std::mutex mutex_;
    std::unique_ptr<TlsContext> tls_;
    ConnectionPool pool_; // its connections go before the context
};

class PocoTransport final : public HttpTransport {
  public:
    explicit PocoTransport(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    HttpOutcome send(const HttpRequest& request, CancelToken& cancel) override;

  private:
    HttpOutcome send_or_throw(const HttpRequest& request, CancelToken& cancel);
    ExchangeOutcome attempt(const HttpRequest& request, const std::optional<Proxy>& proxy, bool fresh, Waiter& waiter);
    ConnectOutcome open(const HttpRequest& request, const std::optional<Proxy>& proxy, bool fresh, Waiter& waiter);
    void remember(const HttpRequest& request, Connection connection, bool reusable);

    std::shared_ptr<Shared> shared_;
    bool reused_ = false; // the last attempt went over a kept-alive connection
};

void PocoTransport::remember(const HttpRequest& request, Connection connection, bool reusable) {
    const std::string origin = request.url.origin();
    if (connection.tls && !connection.used) // its tickets have come by now; more of them are not needed
        shared_->pool().keep_session(origin, connection.tls->session());
    if (!reusable)
        return;
    connection.used = true;
    shared_->pool().give_back(origin, std::move(connection));
}

ConnectOutcome PocoTransport::open(const HttpRequest& request, const std::optional<Proxy>& proxy, bool fresh,
                                   Waiter& waiter) {
    const std::string origin = request.url.origin();
    ConnectionPool& pool = shared_->pool();
    const auto idle = request.repeatable ? ConnectionPool::longest_idle : ConnectionPool::surely_open;
    if (auto open = fresh ? std::nullopt : pool.take(origin, idle))
        return std::move(*open);
    const TlsContext* tls = nullptr;
    if (request.url.tls()) {
        const auto made = shared_->tls();
        if (!made)
            return HttpFailure{FailureKind::untrusted, made.error().message};
        tls = *made;
    }
    return connect_to(request.url, proxy, tls, pool.session(origin), request.timeouts.connect, waiter);
}

ExchangeOutcome PocoTransport::attempt(const HttpRequest& request, const std::optional<Proxy>& proxy, bool fresh,
                                       Waiter& waiter) {
    const auto plain_proxy = request.url.tls() ? std::nullopt : proxy;
    const auto head = request_head(request, plain_proxy);
    if (!head)
        return {HttpFailure{FailureKind::body, head.error().message}};
    auto opened = open(request, proxy, fresh, waiter);
    if (auto* failure = std::get_if<HttpFailure>(&opened))
        return {std::move(*failure)};
    Connection connection = std::move(std::get<Connection>(opened));
    reused_ = connection.used;
    ExchangeOutcome result = exchange(connection, request, *head, waiter);
    const auto* response = std::get_if<HttpResponse>(&result.outcome);
    if (response && response->status == 407 && plain_proxy) {
        result.outcome = proxy_refusal(*plain_proxy, peer_name(request.url), *response);
        return result; // a proxy that refuses is not to be kept
    }
    if (response)
        remember(request, std::move(connection), result.reusable);
    return result;
}

HttpOutcome PocoTransport::send_or_throw(const HttpRequest& request, CancelToken& cancel) {
    Waiter waiter(cancel);
    if (!waiter.usable())
        return HttpFailure{FailureKind::no_connection,
                           "no descriptor left for a connection to " + peer_name(request.url)};
    if (waiter.cancelled())
        return HttpFailure{FailureKind::cancelled, "cancelled before a request to " + peer_name(request.url)};
    const auto proxy = shared_->proxies().proxy_for(request.url);
    if (!proxy)
        return HttpFailure{FailureKind::proxy_refused, proxy.error().message};
    reused_ = false;
    ExchangeOutcome result = attempt(request, *proxy, false, waiter);
    const auto* failure = std::get_if<HttpFailure>(&result.outcome);
    // A server may close an idle connection at the very moment when a request goes out on it.
    if (failure && failure->kind == FailureKind::lost_answer && reused_ && !result.any_answer && request.repeatable)
        result = attempt(request, *proxy, true, waiter);
    return std::move(result.outcome);
}

HttpOutcome PocoTransport::send(const HttpRequest& request, CancelToken& cancel) {
    try {
        return send_or_throw(request, cancel);
    } catch (const std::exception& e) {
        // Out of memory, in all likelihood. The request may have gone out; its connection went with the stack.
        return HttpFailure{FailureKind::lost_answer,
                           std::string("a request could not be carried through: ") + e.what()};
    }
}

class PocoTransportFactory final : public TransportFactory {
  public:
    explicit PocoTransportFactory(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
    std::unique_ptr<HttpTransport> make() override { return std::make_unique<PocoTransport>(shared_); }

  private:
    std::shared_ptr<Shared> shared_;
};

} // namespace

Result<std::unique_ptr<TransportFactory>> make_poco_transports(TransportSettings settings) {
    std::unique_ptr<TlsContext> tls;
    if (settings.certificates.any()) {
        auto made = TlsContext::make(settings.certificates);
        if (!made)
            return made.error();
        tls = std::move(*made);
    }
    auto shared = std::make_shared<Shared>(std::move(settings.proxies), std::move(tls));
    return std::unique_ptr<TransportFactory>(std::make_unique<PocoTransportFactory>(std::move(shared)));
}

} // namespace ferry
