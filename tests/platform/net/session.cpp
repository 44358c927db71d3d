#include "net/session.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPChunkedStream.h>
#include <Poco/Net/NetException.h>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace ferry::platform {

namespace {
constexpr std::uint64_t drain_limit = 64u << 20;
constexpr auto drain_quiet = std::chrono::milliseconds(2000);
} // namespace

std::size_t Session::read_some(std::span<char> into) {
    const int got = read(into.data(), static_cast<std::streamsize>(std::min<std::size_t>(into.size(), 1u << 20)));
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

void Session::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const int wanted = static_cast<int>(std::min<std::size_t>(bytes.size(), 1u << 20));
        const int sent = socket().sendBytes(bytes.data(), wanted);
        if (sent <= 0)
            throw Poco::Net::ConnectionAbortedException();
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool Session::wait_gone(std::optional<std::chrono::milliseconds> time) {
    const auto until = std::chrono::steady_clock::now() + time.value_or(std::chrono::hours(24));
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        pollfd watched{descriptor(), POLLRDHUP, 0};
        const int ready = ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return true;
    }
}

void Session::reset() {
    // Disconnecting a TCP socket sends a reset at once, also below TLS, which would else say goodbye first.
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    ::connect(descriptor(), &nobody, sizeof nobody);
}

void Session::end_sending() {
    ::shutdown(descriptor(), SHUT_WR);
}

class Body::Chunks {
  public:
    explicit Chunks(Session& session) : stream_(session) {}
    std::size_t read(std::span<char> into) {
        stream_.read(into.data(), static_cast<std::streamsize>(into.size()));
        if (stream_.bad())
            throw PeerGone();
        return static_cast<std::size_t>(stream_.gcount());
    }

  private:
    Poco::Net::HTTPChunkedInputStream stream_;
};

Body::Body(Session& session, const Request& request, bool expects_continue)
    : session_(session)
    , left_(request.content_length.value_or(0))
    , owes_continue_(expects_continue) {
    if (request.chunked)
        chunks_ = std::make_unique<Chunks>(session);
    else
        finished_ = left_ == 0;
}

Body::~Body() = default;

void Body::tell_continue() {
    if (!owes_continue_)
        return;
    owes_continue_ = false;
    session_.send("HTTP/1.1 100 Continue\r\n\r\n");
}

std::size_t Body::read(std::span<char> into) {
    if (finished_ || into.empty())
        return 0;
    tell_continue();
    return chunks_ ? read_chunked(into) : read_fixed(into);
}

std::size_t Body::read_fixed(std::span<char> into) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_));
    std::size_t got = 0;
    try {
        got = session_.read_some(into.first(wanted));
    } catch (const Poco::Exception&) {
        throw PeerGone(); // reset, or silent for too long
    }
    if (got == 0)
        throw PeerGone();
    left_ -= got;
    finished_ = left_ == 0;
    return got;
}

std::size_t Body::read_chunked(std::span<char> into) {
    const std::size_t got = chunks_->read(into);
    finished_ = got == 0;
    return got;
}

bool Body::hold(std::optional<std::chrono::milliseconds> time) {
    return !session_.wait_gone(time);
}

void Body::drain() {
    // A client that waits for "100 Continue" will not send the body after a final answer.
    if (finished_ || owes_continue_)
        return;
    session_.socket().setReceiveTimeout(Poco::Timespan(drain_quiet.count() * 1000));
    std::array<char, 64 * 1024> dropped;
    std::uint64_t total = 0;
    while (!finished_ && total < drain_limit)
        total += read(dropped);
}

} // namespace ferry::platform
