// Ctrl+Z, and going on after it, as they concern what is drawn on a terminal.
#pragma once

namespace ferry {

// While it lives, SIGTSTP is only noted, so that who draws can take away what is drawn before the process stops. One at
// a time in a process. Where SIGTSTP is ignored, it stays so.
class Suspension {
  public:
    Suspension();
    ~Suspension(); // stops the process if that was asked for and not done yet
    Suspension(const Suspension&) = delete;
    Suspension& operator=(const Suspension&) = delete;

    bool asked() const;
    void stop_now(); // as SIGTSTP does; returns when the process goes on
};

// How often the process has gone on after a stop, whatever stopped it, as far as a Suspension has lived: others may
// have written to the terminal since.
unsigned times_woken();

} // namespace ferry
