#include "tmux_terminal.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <sstream>
#include <thread>

namespace ferry::test {

TmuxTerminal::TmuxTerminal(const std::string& script, int columns, int rows) {
    dir_.write("script", script + "\nsleep 3600\n");
    tmux("new-session -d -x " + std::to_string(columns) + " -y " + std::to_string(rows) + " sh " +
         (dir_ / "script").string());
}

TmuxTerminal::~TmuxTerminal() {
    tmux("kill-server");
}

// With no settings of the user's.
std::string TmuxTerminal::tmux(const std::string& arguments) const {
    const std::string command = "TERM=xterm-256color LC_ALL=C.UTF-8 '" FERRY_TMUX "' -u -f /dev/null -S '" +
                                (dir_ / "socket").string() + "' " + arguments + " 2>&1";
    FILE* output = ::popen(command.c_str(), "r");
    REQUIRE(output);
    std::string text;
    char buffer[4096];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, output)) > 0;)
        text.append(buffer, got);
    const int status = ::pclose(output);
    CHECK_MESSAGE(status == 0, arguments << ": " << text);
    return text;
}

void TmuxTerminal::resize(int columns, int rows) const {
    tmux("resize-window -x " + std::to_string(columns) + " -y " + std::to_string(rows));
}

void TmuxTerminal::press(const std::string& key) const {
    tmux("send-keys " + key);
}

std::vector<std::string> TmuxTerminal::screen() const {
    return lines_of_pane({});
}

std::vector<std::string> TmuxTerminal::scrolled_off() const {
    if (tmux("display-message -p '#{history_size}'") == "0\n")
        return {}; // the range below would be of the screen
    return lines_of_pane(" -S - -E -1");
}

std::vector<std::string> TmuxTerminal::lines_of_pane(const std::string& range) const {
    std::istringstream text(tmux("capture-pane -p" + range));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(line);
    while (!lines.empty() && lines.back().empty())
        lines.pop_back();
    return lines;
}

std::vector<std::string> TmuxTerminal::wait_for(const char* what, const Wanted& wanted) const {
    std::vector<std::string> seen;
    for (int tries = 0; tries < 1200; ++tries) {
        seen = screen();
        if (wanted(seen))
            return seen;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    std::string text;
    for (const std::string& line : seen)
        text += line + "\n";
    FAIL("the screen never had " << std::string(what) << "; at last it was:\n" << text);
    return {};
}

} // namespace ferry::test
