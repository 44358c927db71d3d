// The server's side of HTTP/1.1, as little as good clients need.
#pragma once

#include "sink/channel.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ferry::bench {

struct Head {
    std::string method;
    std::string target;
    std::uint64_t content_length = 0;
    bool keep_alive = true;
    bool expects_continue = false;
};

// The requests of one connection. Everything throws PeerGone, on what is no HTTP, too.
class Requests {
  public:
    explicit Requests(Channel& channel) : channel_(channel) {}

    Head next();
    // The body of the request that next() has answered, by one of the two.
    std::string body(const Head& head);
    void discard_body(const Head& head);

  private:
    std::string_view text() const { return {buffer_.data() + begin_, end_ - begin_}; }
    void invite(const Head& head);
    std::size_t take(std::uint64_t wanted);

    Channel& channel_;
    std::array<char, 16u << 10> buffer_{};
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

struct Answer {
    int status = 200;
    std::string headers; // further lines, each with its end
    std::string body;    // JSON, if any
};

std::string to_wire(const Answer& answer, bool keep_alive);

} // namespace ferry::bench
