// Standard error with one owner: whole lines, and below them at most one status line that comes and goes.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

namespace ferry {

// Thread-safe. What cannot be written is lost: there is no other place to tell it.
class Console {
  public:
    explicit Console(int fd = 2) : fd_(fd) {}
    ~Console() { status({}); }
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    bool is_terminal() const;
    unsigned columns() const; // of the terminal; 80 if it does not tell

    // Writes the text, which holds no control bytes but line ends, and a line end, above the status line.
    void line(std::string_view text);
    // Draws the status line anew; empty takes it away. Terminals only.
    void status(std::string_view text);

  private:
    void write(std::string_view text) const;

    const int fd_;
    std::mutex mutex_;
    std::string status_;
};

} // namespace ferry
