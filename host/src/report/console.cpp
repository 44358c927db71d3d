#include "report/console.hpp"

#include "report/suspension.hpp"
#include "report/text_columns.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

namespace ferry {
namespace {

// Line by line: some terminals keep what is erased below the cursor as something to scroll back to.
constexpr std::string_view erase_line = "\r\x1b[2K";
constexpr std::string_view cursor_up = "\x1b[A";

// Where the terminal has become narrower, it has broken each line anew.
std::size_t rows_taken(std::string_view text, std::size_t columns) {
    std::size_t rows = 0;
    for (;;) {
        const std::size_t end = text.find('\n');
        const std::size_t wide = columns_of(text.substr(0, end));
        rows += wide == 0 ? 1 : (wide + columns - 1) / columns;
        if (end == std::string_view::npos)
            return rows;
        text.remove_prefix(end + 1);
    }
}

constexpr int longest_wait_ms = 1000; // for a reader, of a console that does not block

std::atomic<int> drawn_on{-1}; // the terminal that has a status
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler reads it");

} // namespace

void leave_drawn_status() noexcept {
    const int fd = drawn_on;
    if (fd >= 0 && ::write(fd, "\n", 1) < 0)
        return; // nothing can be told
}

void Console::drawn(std::string_view text) {
    status_ = text;
    drawn_on = text.empty() ? -1 : fd_;
}

bool Console::is_terminal() const {
    return ::isatty(fd_) == 1;
}

TerminalSize Console::size() const {
    winsize size{};
    if (::ioctl(fd_, TIOCGWINSZ, &size) != 0 || size.ws_col < 2 || size.ws_row == 0)
        return {};
    return {size.ws_col, size.ws_row};
}

bool Console::in_background() const {
    const pid_t owner = ::tcgetpgrp(fd_);
    return owner > 0 && owner != ::getpgrp();
}

// Whether the terminal is ours to draw on. A status that was drawn before it was in other hands stays where it is:
// others have written below it, and that is not to be erased in its place.
bool Console::may_draw() {
    const bool elsewhere = in_background();
    const unsigned woken = times_woken();
    if (elsewhere && !status_.empty())
        drawn({});
    else if (woken != woken_ && !status_.empty()) {
        write(erase_line); // the cursor is behind its last line, if nobody has written
        drawn({});
    }
    woken_ = woken;
    return !elsewhere;
}

bool Console::has_room() {
    pollfd output{fd_, POLLOUT, 0};
    stalled_ = stalled_ || ::poll(&output, 1, longest_wait_ms) == 0;
    return !stalled_;
}

void Console::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd_, text.data(), text.size());
        if (written < 0 && errno != EINTR && (errno != EAGAIN || !has_room()))
            return;
        stalled_ = stalled_ && written < 0;
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
}

std::string Console::erase_status() const {
    if (status_.empty())
        return {};
    std::string out(erase_line);
    for (std::size_t rows = rows_taken(status_, size().columns); rows > 1; --rows)
        out.append(cursor_up).append(erase_line);
    return out;
}

void Console::line(std::string_view text) {
    const std::lock_guard lock(mutex_);
    std::string out; // one write, so that lines of several processes do not mix
    const bool redraw = may_draw() && !status_.empty();
    if (redraw)
        out += erase_status();
    out += text;
    out += '\n';
    if (redraw)
        out += status_;
    write(out);
}

void Console::status(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!may_draw() || text == status_)
        return;
    write(erase_status() + std::string(text));
    drawn(text);
}

void Console::write_beside(int fd, const std::function<void()>& write_lines) {
    if (!is_terminal() || ::isatty(fd) != 1)
        return write_lines(); // which may take as long as its reader likes, and holds up no line here
    const std::lock_guard lock(mutex_);
    const bool redraw = may_draw() && !status_.empty();
    if (redraw)
        write(erase_status());
    write_lines();
    if (redraw)
        write(status_);
}

} // namespace ferry
