// Standard error with one owner: whole lines, and below them a status of a few lines that comes and goes.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace ferry {

struct TerminalSize {
    unsigned columns = 80; // at least 2
    unsigned rows = 24;
};

// Thread-safe. What cannot be written is lost: there is no other place to tell it.
class Console {
  public:
    explicit Console(int fd = 2) : fd_(fd) {}
    ~Console() { status({}); }
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    bool is_terminal() const;
    TerminalSize size() const; // as it is now; 80 by 24 if it does not tell

    // Writes the text, which holds no control bytes but line ends, and a line end, above the status.
    void line(std::string_view text);
    // Draws the status anew: lines without an end after the last, none wider than the terminal; empty takes it away.
    // Terminals only; nothing is drawn while the terminal is in other hands, as a job in the background finds it.
    void status(std::string_view text);
    // Runs `write`, which writes whole lines to `fd`. Where that is a terminal, as this is, they are taken to be the
    // same one: the status is out of the way meanwhile, and no line gets in between.
    void write_beside(int fd, const std::function<void()>& write);

  private:
    bool has_room();
    void write(std::string_view text);
    bool in_background() const;
    bool may_draw();
    void drawn(std::string_view text);
    std::string erase_status() const;

    const int fd_;
    std::mutex mutex_;
    std::string status_;   // as drawn
    bool stalled_ = false; // its reader has taken nothing for a while: it is not waited for
    unsigned woken_ = 0;   // times_woken() when it was
};

// Ends the line of a status that is drawn, for a process that ends at once. Async-signal-safe.
void leave_drawn_status() noexcept;

} // namespace ferry
