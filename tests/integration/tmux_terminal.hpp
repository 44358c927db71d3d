// A real terminal with a shell script in it, whose screen can be looked at.
#pragma once

#include "temp_dir.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ferry::test {

class TmuxTerminal {
  public:
    // Runs the script with sh; the terminal stays when the script has ended.
    TmuxTerminal(const std::string& script, int columns, int rows);
    ~TmuxTerminal();
    TmuxTerminal(const TmuxTerminal&) = delete;
    TmuxTerminal& operator=(const TmuxTerminal&) = delete;

    void resize(int columns, int rows) const;
    void press(const std::string& key) const;      // as tmux calls it: "C-z", "Enter"
    std::vector<std::string> screen() const;       // its lines, without empty ones at the foot
    std::vector<std::string> scrolled_off() const; // lines above the screen
    // Looks again and again until the screen is as wanted, and answers it; fails the test if it never is.
    using Wanted = std::function<bool(const std::vector<std::string>& screen)>;
    std::vector<std::string> wait_for(const char* what, const Wanted& wanted) const;

  private:
    std::vector<std::string> lines_of_pane(const std::string& range) const;
    std::string tmux(const std::string& arguments) const;

    TempDir dir_;
};

} // namespace ferry::test
