#include "http/stream.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <system_error>

namespace ferry {

namespace {

IoResult after_error(int error, short events) {
    if (error == EAGAIN || error == EINTR)
        return {IoResult::State::again, 0, events, {}};
    return {IoResult::State::failed, 0, 0, std::generic_category().message(error)};
}

} // namespace

IoResult PlainStream::read(std::span<std::byte> into) {
    const ssize_t count = ::recv(socket_.get(), into.data(), into.size(), MSG_DONTWAIT);
    if (count < 0)
        return after_error(errno, POLLIN);
    if (count == 0)
        return {IoResult::State::closed, 0, 0, {}};
    return {IoResult::State::done, static_cast<std::size_t>(count), 0, {}};
}

IoResult PlainStream::write(std::span<const std::byte> bytes) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0)
        return after_error(errno, POLLOUT);
    return {IoResult::State::done, static_cast<std::size_t>(count), 0, {}};
}

} // namespace ferry
