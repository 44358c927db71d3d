// A connected, non-blocking byte stream: plain TCP here, TLS in tls_stream.hpp.
#pragma once

#include "base/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <poll.h>
#include <span>
#include <string>

namespace ferry {

struct IoResult {
    enum class State {
        done,   // `bytes` were moved
        again,  // nothing moved; poll for `events` and call again, to write with the same bytes
        closed, // the peer ended the stream in good order (read only)
        failed, // see `reason`; the stream is of no more use in this direction
    };
    State state = State::failed;
    std::size_t bytes = 0;
    short events = 0;
    std::string reason;
};

// Not thread-safe. A write that finds the peer gone never raises SIGPIPE.
class Stream {
  public:
    virtual ~Stream() = default;
    virtual IoResult read(std::span<std::byte> into) = 0;
    // `done` with 0 bytes: some were moved, but none that count yet; call again, with the same bytes.
    virtual IoResult write(std::span<const std::byte> bytes) = 0;
    // Sends from a file without its bytes passing through here, `bytes` at most. nullopt: not this stream, or not from
    // this file; `done` with 0 bytes: the file ends before `offset`.
    virtual std::optional<IoResult> send_file(int, std::uint64_t /*offset*/, std::size_t /*bytes*/) {
        return std::nullopt;
    }
    virtual int fd() const = 0;
};

class PlainStream final : public Stream {
  public:
    explicit PlainStream(Descriptor socket) : socket_(std::move(socket)) {}
    IoResult read(std::span<std::byte> into) override;
    IoResult write(std::span<const std::byte> bytes) override;
    std::optional<IoResult> send_file(int file, std::uint64_t offset, std::size_t bytes) override;
    int fd() const override { return socket_.get(); }
    Descriptor release() { return std::move(socket_); } // for TLS on top of a proxy's tunnel

  private:
    Descriptor socket_;
};

} // namespace ferry
