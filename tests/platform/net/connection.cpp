#include "net/connection.hpp"

#include "net/session.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPHeaderStream.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>

#include <algorithm>
#include <charconv>
#include <exception>

namespace ferry::platform {
namespace {

constexpr int header_limit = 200;

struct BadRequest {
    const char* why;
};

// Ends the registration before the session closes the descriptor, whose number may then be another connection's.
class Registered {
  public:
    Registered(OpenSockets& open, int descriptor) : open_(open), descriptor_(descriptor) {
        active_ = open_.add(descriptor);
    }
    ~Registered() { open_.remove(descriptor_); }
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;
    bool active() const { return active_; }

  private:
    OpenSockets& open_;
    int descriptor_;
    bool active_;
};

std::uint64_t parse_length(const std::string& text) {
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        throw BadRequest{"Content-Length is not a number"};
    return length;
}

void read_framing(const Poco::Net::HTTPRequest& head, Request& request) {
    if (const std::string* coding = request.find("Transfer-Encoding")) {
        request.chunked = same_without_case(*coding, "chunked");
        if (!request.chunked)
            throw BadRequest{"unknown Transfer-Encoding"};
    }
    const auto lengths = std::ranges::count_if(
        request.headers, [](const auto& header) { return same_without_case(header.first, "Content-Length"); });
    if (lengths > 1 || (lengths == 1 && request.chunked))
        throw BadRequest{"more than one body length"};
    if (lengths == 1)
        request.content_length = parse_length(head.get("Content-Length"));
}

Request to_request(const Poco::Net::HTTPRequest& head) {
    Request request;
    request.method = head.getMethod();
    request.target = head.getURI();
    for (const auto& [name, value] : head)
        request.headers.emplace_back(name, value);
    read_framing(head, request);
    return request;
}

std::string head_text(const Answer& answer, std::size_t length, bool keep_alive) {
    using Poco::Net::HTTPResponse;
    const auto status = static_cast<HTTPResponse::HTTPStatus>(answer.status);
    std::string text =
        "HTTP/1.1 " + std::to_string(answer.status) + " " + HTTPResponse::getReasonForStatus(status) + "\r\n";
    for (const auto& [name, value] : answer.headers)
        text.append(name).append(": ").append(value).append("\r\n");
    if (answer.status != 204)
        text += "Content-Length: " + std::to_string(length) + "\r\n";
    text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return text;
}

void drip(Session& session, std::string_view text, std::chrono::milliseconds pause) {
    while (!text.empty()) {
        session.send(text.substr(0, 1));
        text.remove_prefix(1);
        if (session.wait_gone(pause))
            return;
    }
}

// True if the connection may serve another request.
bool deliver(Session& session, Body& body, const Answer& answer, bool head_only, bool keep) {
    keep = keep && answer.delivery == Delivery::whole && body.finished();
    const bool without_body = head_only || answer.status == 204;
    std::string text = head_text(answer, answer.body.size(), keep);
    if (!without_body)
        text += answer.body;
    switch (answer.delivery) {
    case Delivery::whole:
        session.send(text);
        if (!body.finished())
            body.drain();
        break;
    case Delivery::rough:
        session.send(text);
        break;
    case Delivery::reset:
        session.reset();
        break;
    case Delivery::truncated:
        // Without a body to cut, the head is.
        session.send(std::string_view(text).substr(
            0, text.size() - (without_body || answer.body.empty() ? text.size() : answer.body.size() + 1) / 2));
        break;
    case Delivery::garbage:
        session.send("\x01\x02 this is no HTTP \xff\xfe\r\n\r\n");
        break;
    case Delivery::drip:
        drip(session, text, answer.drip_pause);
        break;
    }
    return keep;
}

Request read_head(Session& session, bool& keep_alive, bool& expects_continue) {
    Poco::Net::HTTPRequest head;
    head.setFieldLimit(header_limit);
    Poco::Net::HTTPHeaderInputStream stream(session);
    head.read(stream);
    if (!stream.good())
        throw BadRequest{"the header is cut short or too long"};
    keep_alive = head.getKeepAlive();
    expects_continue = head.getExpectContinue();
    return to_request(head);
}

bool serve_one(Session& session, Service& service, PortGate& gate) {
    bool keep_alive = false;
    bool expects_continue = false;
    const Request request = read_head(session, keep_alive, expects_continue);
    Body body(session, request, expects_continue);
    const Answer answer = service.serve(request, body);
    return deliver(session, body, answer, request.method == "HEAD", keep_alive && !gate.troubled());
}

void refuse(Session& session, int status, const std::string& why) {
    Answer answer;
    answer.status = status;
    answer.set("Content-Type", "text/plain");
    answer.body = why + "\n";
    session.send(head_text(answer, answer.body.size(), false) + answer.body);
    session.end_sending();
}

void serve_all(Session& session, Service& service, PortGate& gate) {
    try {
        while (session.hasMoreRequests()) {
            gate.sockets.set_working(session.descriptor());
            session.setKeepAlive(serve_one(session, service, gate));
            if (!gate.sockets.set_idle(session.descriptor()))
                break;
        }
        session.end_sending();
    } catch (const PeerGone&) {
        return;
    } catch (const Poco::Net::NoMessageException&) {
        return;
    } catch (const Poco::Net::MessageException& error) {
        refuse(session, 400, error.message());
    } catch (const BadRequest& bad) {
        refuse(session, 400, bad.why);
    }
}

} // namespace

Connection::Connection(const Poco::Net::StreamSocket& socket, Service& service, PortGate& gate,
                       Poco::Net::HTTPServerParams::Ptr params)
    : TCPServerConnection(socket)
    , service_(service)
    , gate_(gate)
    , params_(std::move(params)) {}

void Connection::run() {
    try {
        socket().setNoDelay(true); // an answer shall not wait for the client to acknowledge what came before it
        Session session(socket(), params_);
        const Registered registered(gate_.sockets, session.descriptor());
        if (registered.active() && !session.wait_gone(gate_.mute_for()))
            serve_all(session, service_, gate_);
    } catch (const std::exception&) {
        // The client is gone, or TLS was not to its liking: its end of the connection tells it all that we could.
    }
}

} // namespace ferry::platform
