#include "http/connection.hpp"

#include "http/answer_parser.hpp"
#include "http/resolver.hpp"

#include <Poco/String.h>
#include <array>
#include <cerrno>
#include <ctime>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <system_error>

namespace ferry {

namespace {

using Failed = std::optional<HttpFailure>; // nullopt: it went well

// What the steps of making one connection share.
struct Attempt {
    const Url& url;
    const std::string peer; // host:port of the origin
    Waiter& waiter;
    Patience patience;

    HttpFailure refused(const std::string& what) const { return {FailureKind::no_connection, what}; }

    // Waits; a failure if that ended for another reason than readiness.
    Failed wait(int fd, short events, Patience& time, const std::string& target) {
        switch (waiter.wait(fd, events, time)) {
        case Wake::cancelled:
            return HttpFailure{FailureKind::cancelled, "cancelled while connecting to " + target};
        case Wake::timeout:
            return refused("no connection to " + target + " within " + to_text(time.whole()));
        case Wake::ready:
            return std::nullopt;
        }
        return std::nullopt;
    }
};

void set_options(int fd) {
    // Best effort, all of them: without, it is slower or a dead peer is noticed later.
    const int on = 1;
    const int idle_seconds = 60; // completing a large upload may take minutes; middle boxes forget idle connections
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
}

std::string reason(int error_number) {
    return std::generic_category().message(error_number);
}

std::variant<Descriptor, HttpFailure> connect_address(const Address& address, const std::string& target,
                                                      Attempt& attempt, Patience& time) {
    Descriptor fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
    if (!fd)
        return attempt.refused("cannot connect to " + target + ": " + reason(errno));
    set_options(fd.get());
    if (::connect(fd.get(), address.get(), address.length) == 0)
        return fd;
    if (errno != EINPROGRESS && errno != EINTR)
        return attempt.refused("cannot connect to " + target + ": " + reason(errno));
    if (auto failed = attempt.wait(fd.get(), POLLOUT, time, target))
        return std::move(*failed);
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        error = errno;
    if (error != 0)
        return attempt.refused("cannot connect to " + target + ": " + reason(error));
    return fd;
}

// Every address gets its share of the time that is left, so that one black hole does not cost the others their turn.
std::variant<Descriptor, HttpFailure> connect_host(const std::string& host, std::uint16_t port,
                                                   const std::string& target, Attempt& attempt) {
    auto looked_up = resolve(host, port, target, attempt.waiter, attempt.patience);
    if (auto* failure = std::get_if<HttpFailure>(&looked_up))
        return std::move(*failure);
    const auto& addresses = std::get<std::vector<Address>>(looked_up);
    std::variant<Descriptor, HttpFailure> outcome;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        Patience share(attempt.patience.left() / static_cast<long>(addresses.size() - i));
        outcome = connect_address(addresses[i], target, attempt, share);
        attempt.patience.take(share.used());
        const auto* failure = std::get_if<HttpFailure>(&outcome);
        if (!failure || failure->kind == FailureKind::cancelled)
            break;
    }
    return outcome;
}

Failed send_all(Stream& stream, std::string_view text, const std::string& target, Attempt& attempt) {
    auto bytes = std::as_bytes(std::span(text));
    while (!bytes.empty()) {
        const IoResult io = stream.write(bytes);
        if (io.state == IoResult::State::done) {
            bytes = bytes.subspan(io.bytes);
        } else if (io.state != IoResult::State::again) {
            return attempt.refused(target + " cut the connection: " + io.reason);
        } else if (auto failed = attempt.wait(stream.fd(), io.events, attempt.patience, target)) {
            return failed;
        }
    }
    return std::nullopt;
}

// Reads the head of the proxy's answer to CONNECT; a tunnel has no body.
std::variant<HttpResponse, HttpFailure> read_tunnel_answer(Stream& stream, const std::string& target,
                                                           Attempt& attempt) {
    AnswerParser parser(true);
    std::array<std::byte, 1024> buffer;
    while (!parser.done()) {
        const IoResult io = stream.read(buffer);
        if (io.state == IoResult::State::again) {
            if (auto failed = attempt.wait(stream.fd(), io.events, attempt.patience, target))
                return std::move(*failed);
        } else if (io.state != IoResult::State::done) {
            return attempt.refused(target + " closed the connection without an answer to CONNECT");
        } else if (!parser.feed({reinterpret_cast<const char*>(buffer.data()), io.bytes})) {
            return attempt.refused("the answer of " + target + " to CONNECT is no HTTP: " + parser.problem());
        }
    }
    return parser.take();
}

// True also if it does not say what it asks for.
bool takes_basic(const HttpHeaders& headers) {
    bool asks = false;
    for (const HttpHeader& header : headers.list()) {
        if (!same_header_name(header.name, "Proxy-Authenticate"))
            continue;
        if (Poco::toLower(header.value).find("basic") != std::string::npos) // one of several in it, perhaps
            return true;
        asks = true;
    }
    return !asks;
}

Failed open_tunnel(Stream& stream, const Proxy& proxy, const std::string& target, Attempt& attempt) {
    std::string head = "CONNECT " + attempt.peer + " HTTP/1.1\r\nHost: " + attempt.peer + "\r\n";
    if (!proxy.authorization.empty())
        head.append("Proxy-Authorization: ").append(proxy.authorization.reveal()).append("\r\n");
    head += "\r\n";
    if (auto failed = send_all(stream, head, target, attempt))
        return failed;
    const auto answer = read_tunnel_answer(stream, target, attempt);
    if (const auto* failure = std::get_if<HttpFailure>(&answer))
        return *failure;
    const auto& response = std::get<HttpResponse>(answer);
    if (response.status < 200 || response.status > 299)
        return proxy_refusal(proxy, attempt.peer, response);
    return std::nullopt;
}

HttpFailure untrusted(const std::string& peer, const std::string& why) {
    return {FailureKind::untrusted, "the certificate of " + peer + " is not trusted: " + why +
                                        "; if a site or proxy of yours signs it, name that CA's file in SSL_CERT_FILE"};
}

// Where nothing answers: most machines that only compute reach the net through a proxy, and nobody has told.
void advise(HttpFailure& failure, const Url& url, const std::optional<Proxy>& proxy) {
    if (failure.kind != FailureKind::no_connection || (!proxy && url.loopback()))
        return;
    failure.advice += failure.advice.empty() ? "" : ", and ";
    failure.advice += proxy ? "correct the proxy's address in " + proxy->source
                            : "set HTTPS_PROXY if only a proxy leads out of this machine's network";
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    char text[32];
    const bool told = gmtime_r(&now, &utc) && std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc) > 0;
    return told ? text : "unknown";
}

// A clock that is off is the commoner cause by far, and nothing else tells of it.
HttpFailure out_of_date(const std::string& peer, const std::string& why) {
    return {FailureKind::untrusted, "the certificate of " + peer + " is not trusted: " + why + "; it is " + today() +
                                        " by this machine's clock: set the clock if that is "
                                        "wrong, else tell whoever runs " +
                                        peer};
}

Failed shake_hands(TlsStream& stream, Attempt& attempt) {
    for (;;) {
        const IoResult io = stream.handshake();
        if (io.state == IoResult::State::done)
            return std::nullopt;
        if (io.state != IoResult::State::again) {
            const std::string why = stream.distrust();
            return why.empty()                ? attempt.refused("TLS with " + attempt.peer + " failed: " + io.reason)
                   : stream.distrusts_dates() ? out_of_date(attempt.peer, why)
                                              : untrusted(attempt.peer, why);
        }
        if (auto failed = attempt.wait(stream.fd(), io.events, attempt.patience, attempt.peer))
            return failed;
    }
}

ConnectOutcome secure(Descriptor socket, const TlsContext& tls, const TlsSession& session, Attempt& attempt) {
    auto stream = TlsStream::make(std::move(socket), tls, attempt.url.host, session);
    if (!stream)
        return attempt.refused("cannot set up TLS for " + attempt.peer);
    if (auto failed = shake_hands(*stream, attempt))
        return std::move(*failed);
    Connection connection;
    connection.tls = stream.get();
    connection.stream = std::move(stream);
    return connection;
}

} // namespace

std::string peer_name(const Url& url) {
    return url.origin().substr(url.scheme.size() + 3);
}

HttpFailure proxy_refusal(const Proxy& proxy, const std::string& peer, const HttpResponse& answer) {
    std::string text =
        "the proxy " + proxy.name() + " does not connect to " + peer + ": HTTP " + std::to_string(answer.status);
    if (answer.status == 407)
        text += log_in_advice(proxy, takes_basic(answer.headers));
    else if (answer.status == 403)
        text += "; ask who runs it to allow that host, or exempt it in NO_PROXY if it can be reached without";
    return {FailureKind::proxy_refused, std::move(text), answer.status};
}

ConnectOutcome connect_to(const Url& url, const std::optional<Proxy>& proxy, const TlsContext* tls,
                          const TlsSession& session, Duration timeout, Waiter& waiter) {
    Attempt attempt{url, peer_name(url), waiter, Patience(timeout)};
    const std::string target = proxy ? "the proxy " + proxy->name() : attempt.peer;
    auto connected = connect_host(proxy ? proxy->host : url.host, proxy ? proxy->port : url.port, target, attempt);
    if (auto* failure = std::get_if<HttpFailure>(&connected)) {
        advise(*failure, url, proxy);
        return std::move(*failure);
    }
    auto stream = std::make_unique<PlainStream>(std::move(std::get<Descriptor>(connected)));
    if (tls && proxy)
        if (auto failed = open_tunnel(*stream, *proxy, target, attempt))
            return std::move(*failed);
    if (tls)
        return secure(stream->release(), *tls, session, attempt);
    Connection connection;
    connection.stream = std::move(stream);
    connection.http_proxy = proxy;
    return connection;
}

} // namespace ferry
