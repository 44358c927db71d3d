#include "http/stream.hpp"

#include <cerrno>
#include <csignal>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <system_error>
#include <time.h>

namespace ferry {

namespace {

IoResult after_error(int error, short events) {
    if (error == EAGAIN || error == EINTR)
        return {IoResult::State::again, 0, events, {}};
    return {IoResult::State::failed, 0, 0, std::generic_category().message(error)};
}

// sendfile(2) has no way to be told that a broken connection shall raise no signal, whose disposition belongs to the
// host process. It is raised in the thread that sends, so it can be held back there and taken away.
class WithoutSigpipe {
  public:
    WithoutSigpipe() {
        ::sigemptyset(&sigpipe_);
        ::sigaddset(&sigpipe_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    }
    ~WithoutSigpipe() {
        if (::sigismember(&before_, SIGPIPE) == 0)
            ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    WithoutSigpipe(const WithoutSigpipe&) = delete;
    WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

    void take_away() const {
        const timespec at_once{};
        if (::sigismember(&before_, SIGPIPE) == 0)
            ::sigtimedwait(&sigpipe_, nullptr, &at_once);
    }

  private:
    sigset_t sigpipe_{};
    sigset_t before_{};
};

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

std::optional<IoResult> PlainStream::send_file(int file, std::uint64_t offset, std::size_t bytes) {
    auto from = static_cast<off_t>(offset);
    const WithoutSigpipe guard;
    const ssize_t count = ::sendfile(socket_.get(), file, &from, bytes);
    if (count >= 0)
        return IoResult{IoResult::State::done, static_cast<std::size_t>(count), 0, {}};
    const int error = errno;
    if (error == EPIPE)
        guard.take_away();
    if (error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == EIO || error == EOVERFLOW)
        return std::nullopt; // of the file: reading it works, or tells what is wrong with it
    return after_error(error, POLLOUT);
}

} // namespace ferry
