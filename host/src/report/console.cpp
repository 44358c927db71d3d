#include "report/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace ferry {
namespace {

constexpr std::string_view clear_line = "\r\x1b[K";

} // namespace

bool Console::is_terminal() const {
    return ::isatty(fd_) == 1;
}

unsigned Console::columns() const {
    winsize size{};
    return ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80u;
}

void Console::write(std::string_view text) const {
    while (!text.empty()) {
        const ssize_t written = ::write(fd_, text.data(), text.size());
        if (written < 0 && errno != EINTR)
            return;
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
}

void Console::line(std::string_view text) {
    const std::lock_guard lock(mutex_);
    std::string out; // one write, so that lines of several processes do not mix
    if (!status_.empty())
        out += clear_line;
    out += text;
    out += '\n';
    out += status_;
    write(out);
}

void Console::status(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (text == status_)
        return;
    status_ = text;
    write(std::string(clear_line) + status_);
}

} // namespace ferry
