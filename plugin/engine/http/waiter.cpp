#include "http/waiter.hpp"

#include <array>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>

namespace ferry {

namespace {

int poll_once(std::array<pollfd, 2>& fds, Patience::Span slice) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(slice);
    timespec time{};
    time.tv_sec = seconds.count();
    time.tv_nsec = (slice - seconds).count();
    return ::ppoll(fds.data(), fds.size(), &time, nullptr);
}

} // namespace

std::string to_text(Patience::Span time) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

Waiter::Waiter(CancelToken& cancel)
    : cancel_(cancel)
    , event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    , registration_(cancel, [fd = event_.get()] {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(fd, &one, sizeof one); // a full counter wakes as well
    }) {}

Wake Waiter::wait(int fd, short events, Patience& patience) {
    std::array<pollfd, 2> fds{{{fd, events, 0}, {event_.get(), POLLIN, 0}}};
    while (!patience.spent()) {
        const auto before = std::chrono::steady_clock::now();
        const int ready = poll_once(fds, patience.slice());
        patience.spend(std::chrono::steady_clock::now() - before);
        if (ready > 0 && fds[1].revents != 0)
            return Wake::cancelled;
        if (ready > 0)
            return Wake::ready;
    }
    return Wake::timeout;
}

} // namespace ferry
