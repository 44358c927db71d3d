#include "report/slow_reader.hpp"

#include <poll.h>

#include <cerrno>

namespace ferry {
namespace {

constexpr int tick_ms = 50; // between looks at the stop
constexpr int most_ticks_after_stop = 10;

} // namespace

bool SlowReader::wait_for_room(int fd) {
    while (ticks_after_stop_ < most_ticks_after_stop) {
        pollfd output{fd, POLLOUT, 0};
        const int ready = ::poll(&output, 1, tick_ms);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; // what is wrong with it, the write tells
        if (stop_ && stop_->requested())
            ++ticks_after_stop_;
    }
    return false;
}

} // namespace ferry
