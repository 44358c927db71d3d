// POCO's server session with its buffered reading opened up, and what our connection needs from the socket below it.
#pragma once

#include "net/message.hpp"

#include <Poco/Net/HTTPServerSession.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace ferry::platform {

class Session : public Poco::Net::HTTPServerSession {
  public:
    using HTTPServerSession::HTTPServerSession;

    std::size_t read_some(std::span<char> into); // 0 when the client has ended; throws Poco::Exception
    void send(std::string_view bytes);           // all of them; throws Poco::Exception
    int descriptor() { return socket().impl()->sockfd(); }
    // Waits for the client to go, at most `time`; true if it went (or was cut by a stop).
    bool wait_gone(std::optional<std::chrono::milliseconds> time);
    void reset();       // the client sees a connection reset
    void end_sending(); // the client sees an orderly end even if another process has inherited the descriptor
};

// The body of one request, framed by Content-Length, by chunks, or absent.
class Body : public Exchange {
  public:
    Body(Session& session, const Request& request, bool expects_continue);
    ~Body() override;
    std::size_t read(std::span<char> into) override;
    bool hold(std::optional<std::chrono::milliseconds> time) override;
    bool finished() const { return finished_; } // nothing of it is left on the connection
    // Reads and drops what is left, up to a limit of bytes and of quiet time, so that the client gets to the answer.
    void drain();

  private:
    std::size_t read_fixed(std::span<char> into);
    std::size_t read_chunked(std::span<char> into);
    void tell_continue();

    class Chunks;
    Session& session_;
    std::uint64_t left_ = 0;
    bool finished_ = false;
    bool owes_continue_;
    std::unique_ptr<Chunks> chunks_; // set if the body is chunked
};

} // namespace ferry::platform
