// What passes between a connection and the service behind it. No POCO Net header.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::platform {

using Headers = std::vector<std::pair<std::string, std::string>>;

bool same_without_case(std::string_view a, std::string_view b);

struct Request {
    std::string method;
    std::string target; // as sent, byte for byte
    Headers headers;
    bool chunked = false;
    std::optional<std::uint64_t> content_length;

    const std::string* find(std::string_view name) const; // the first of that name, in any case; null if none
};

// How an answer goes out; all but `whole` are faults, and each of those ends the connection.
enum class Delivery {
    whole,
    rough,     // whole, then closed at once with whatever the client still sends
    reset,     // no byte of it: the connection is reset
    truncated, // half of the body (if empty: of the head), then an orderly end
    garbage,   // bytes that are no HTTP
    drip,      // one byte every `drip_pause`
};

struct Answer {
    int status = 200;
    Headers headers;
    std::string body;
    Delivery delivery = Delivery::whole;
    std::chrono::milliseconds drip_pause{0};

    void set(std::string_view name, std::string value); // replaces those of that name in any case
    void remove(std::string_view name);
    const std::string* find(std::string_view name) const;
};

// The connection as the service sees it during one request.
class Exchange {
  public:
    virtual ~Exchange() = default;
    // The next bytes of the body; 0 at its end. The first call sends "100 Continue" if the client waits for it.
    // Throws PeerGone when the body is cut short.
    virtual std::size_t read(std::span<char> into) = 0;
    // Waits without reading; false as soon as the client has gone or the server stops. No value: until then.
    virtual bool hold(std::optional<std::chrono::milliseconds> time) = 0;
};

struct PeerGone {};

// Serves many connections at once, so serve() is called from many threads.
class Service {
  public:
    virtual ~Service() = default;
    virtual void connected() = 0;
    virtual Answer serve(const Request& request, Exchange& exchange) = 0;
};

} // namespace ferry::platform
