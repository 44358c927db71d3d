#include "http/exchange.hpp"

#include "http/answer_parser.hpp"

#include <algorithm>
#include <array>

namespace ferry {

namespace {

constexpr auto last_words = std::chrono::milliseconds(500); // for an answer that a failed write left behind
constexpr std::size_t file_piece = 4u << 20;                // so that a fast line leaves time to listen
constexpr std::size_t joined_body = 16u << 10;              // bodies up to this go out in one write with the head

class Exchange {
  public:
    Exchange(Connection& connection, const HttpRequest& request, Waiter& waiter)
        : stream_(*connection.stream)
        , request_(request)
        , waiter_(waiter)
        , peer_(connection.http_proxy ? "the proxy " + connection.http_proxy->name() : peer_name(request.url))
        , parser_(request.method == "HEAD")
        , stall_(request.timeouts.stall) {}

    ExchangeOutcome run(const std::string& head);

  private:
    enum class Sent {
        all,
        early_answer, // the peer answers already: stop sending
        cut,          // the peer takes no more; reason in cut_reason_
        failed,       // for good: see failure_
    };

    Sent send_request(const std::string& head);
    Sent send_source();
    Sent send_piece(std::uint64_t left);
    Sent send_from_file(const FileSlice& slice);
    Sent send_bytes(std::span<const std::byte> bytes);
    Sent send_text(std::string_view text) { return send_bytes(std::as_bytes(std::span(text))); }
    Sent wait_to_send(short events);
    Sent listen();
    bool receive(Patience first_byte);
    bool after_read(const IoResult& io);
    bool wait_to_receive(short events, Patience& patience, bool first_byte);
    bool fail(FailureKind kind, std::string message);
    bool lost(const std::string& reason);
    bool cancelled() { return fail(FailureKind::cancelled, "cancelled during a request to " + peer_); }

    Stream& stream_;
    const HttpRequest& request_;
    Waiter& waiter_;
    const std::string peer_;
    AnswerParser parser_;
    Patience stall_;
    std::string cut_reason_;
    std::optional<HttpFailure> failure_;
    std::uint64_t source_sent_ = 0; // bytes of the source
    bool files_ = true;             // the stream may be given files
    std::array<std::byte, 16u << 10> buffer_;
};

bool Exchange::fail(FailureKind kind, std::string message) {
    failure_ = HttpFailure{kind, std::move(message)};
    return false;
}

bool Exchange::lost(const std::string& reason) {
    return fail(FailureKind::lost_answer, parser_.started() ? "the answer of " + peer_ + " was cut short: " + reason
                                                            : "no answer from " + peer_ + ": " + reason);
}

// Takes in what the peer has sent so far, without waiting. TLS tickets and 1xx answers are no answers.
Exchange::Sent Exchange::listen() {
    while (!parser_.is_final()) {
        const IoResult io = stream_.read(buffer_);
        if (io.state == IoResult::State::again)
            return Sent::all;
        if (io.state != IoResult::State::done) {
            cut_reason_ = io.state == IoResult::State::closed ? "it closed the connection early" : io.reason;
            return Sent::cut;
        }
        stall_.rearm();
        if (!after_read(io))
            return Sent::failed;
    }
    return Sent::early_answer;
}

Exchange::Sent Exchange::wait_to_send(short events) {
    switch (waiter_.wait(stream_.fd(), static_cast<short>(events | POLLIN), stall_)) {
    case Wake::cancelled:
        cancelled();
        return Sent::failed;
    case Wake::timeout:
        fail(FailureKind::stalled, peer_ + " took no byte of the request for " + to_text(stall_.whole()));
        return Sent::failed;
    case Wake::ready:
        break;
    }
    return listen();
}

Exchange::Sent Exchange::send_bytes(std::span<const std::byte> bytes) {
    Sent state = listen();
    while (state == Sent::all && !bytes.empty()) {
        if (waiter_.cancelled()) {
            cancelled();
            return Sent::failed;
        }
        const IoResult io = stream_.write(bytes);
        if (io.state == IoResult::State::done) {
            bytes = bytes.subspan(io.bytes);
            stall_.rearm();
        } else if (io.state == IoResult::State::again) {
            state = wait_to_send(io.events);
        } else {
            cut_reason_ = io.reason;
            state = Sent::cut;
        }
    }
    return state;
}

Exchange::Sent Exchange::send_source() {
    const std::uint64_t size = request_.source->size();
    Sent state = Sent::all;
    while (state == Sent::all && source_sent_ < size) {
        const auto slice = files_ ? request_.source->rest() : std::nullopt;
        state = slice ? send_from_file(*slice) : send_piece(size - source_sent_);
    }
    return state;
}

Exchange::Sent Exchange::send_piece(std::uint64_t left) {
    const auto piece = request_.source->read();
    if (!piece) {
        fail(FailureKind::body, piece.error().message);
        return Sent::failed;
    }
    if (piece->empty() || piece->size() > left) {
        fail(FailureKind::body, std::string("the body has ") + (piece->empty() ? "ended" : "grown") + " after " +
                                    std::to_string(source_sent_) + " of " + std::to_string(request_.source->size()) +
                                    " bytes");
        return Sent::failed;
    }
    source_sent_ += piece->size();
    return send_bytes(*piece);
}

// As much as the socket takes. Where that is nothing, and not for want of room, read() goes on: it knows the reason.
Exchange::Sent Exchange::send_from_file(const FileSlice& slice) {
    const Sent state = listen();
    if (state != Sent::all)
        return state;
    if (waiter_.cancelled()) {
        cancelled();
        return Sent::failed;
    }
    const auto io = stream_.send_file(slice.fd, slice.offset, std::min<std::uint64_t>(slice.size, file_piece));
    files_ = io && (io->state != IoResult::State::done || io->bytes > 0);
    if (!files_)
        return Sent::all;
    switch (io->state) {
    case IoResult::State::done:
        request_.source->sent_from_file(io->bytes);
        source_sent_ += io->bytes;
        stall_.rearm();
        return Sent::all;
    case IoResult::State::again:
        return wait_to_send(io->events);
    default:
        cut_reason_ = io->reason;
        return Sent::cut;
    }
}

Exchange::Sent Exchange::send_request(const std::string& head) {
    if (!request_.source && request_.body.size() <= joined_body)
        return send_text(head + request_.body);
    const Sent state = send_text(head);
    if (state != Sent::all)
        return state;
    return request_.source ? send_source() : send_text(request_.body);
}

bool Exchange::after_read(const IoResult& io) {
    if (parser_.feed({reinterpret_cast<const char*>(buffer_.data()), io.bytes}))
        return true;
    return fail(FailureKind::invalid_answer, "what " + peer_ + " answered cannot be used: " + parser_.problem());
}

bool Exchange::wait_to_receive(short events, Patience& patience, bool first_byte) {
    switch (waiter_.wait(stream_.fd(), events, patience)) {
    case Wake::cancelled:
        return cancelled();
    case Wake::timeout:
        return fail(FailureKind::stalled,
                    (first_byte ? "no answer from " + peer_ + " within " : "the answer of " + peer_ + " stopped for ") +
                        to_text(patience.whole()));
    case Wake::ready:
        return true;
    }
    return true;
}

// False with failure_ set if no whole answer came.
bool Exchange::receive(Patience first_byte) {
    stall_.rearm();
    while (!parser_.done()) {
        if (waiter_.cancelled())
            return cancelled();
        const IoResult io = stream_.read(buffer_);
        const bool waiting =
            !parser_.is_final(); // an interim answer says nothing about the time that the real one takes
        switch (io.state) {
        case IoResult::State::done:
            stall_.rearm();
            if (!after_read(io))
                return false;
            break;
        case IoResult::State::again:
            if (!wait_to_receive(io.events, waiting ? first_byte : stall_, waiting))
                return false;
            break;
        case IoResult::State::closed:
            if (!parser_.close())
                return lost("it closed the connection");
            break;
        case IoResult::State::failed:
            return lost(io.reason);
        }
    }
    return true;
}

ExchangeOutcome Exchange::run(const std::string& head) {
    const Sent sent = send_request(head);
    if (sent == Sent::cut) {
        // A server that refuses early answers and closes; the answer may still lie in the receive buffer.
        stall_ = Patience(last_words);
        if (!receive(Patience(last_words)) && failure_->kind != FailureKind::cancelled)
            lost(cut_reason_);
    } else if (sent != Sent::failed) {
        receive(Patience(request_.timeouts.answer));
    }
    ExchangeOutcome result{HttpFailure{}, false, parser_.started()};
    if (failure_) {
        result.outcome = std::move(*failure_);
        return result;
    }
    result.reusable = sent == Sent::all && parser_.keep_alive();
    result.outcome = parser_.take();
    return result;
}

} // namespace

ExchangeOutcome exchange(Connection& connection, const HttpRequest& request, const std::string& head, Waiter& waiter) {
    if (request.source) {
        if (const Status ready = request.source->rewind(); !ready)
            return {HttpFailure{FailureKind::body, ready.error().message}, false, false};
    }
    return Exchange(connection, request, waiter).run(head);
}

} // namespace ferry
