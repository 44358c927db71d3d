// A console on a terminal of the test, and what a terminal program would get of it.
#pragma once

#include "report/console.hpp"
#include "unique_fd.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <optional>
#include <string>

namespace ferry::test {

struct PtyConsole {
    explicit PtyConsole(winsize size = {12, 80, 0, 0}) {
        int ends[2] = {-1, -1};
        termios raw{};
        ::cfmakeraw(&raw);
        REQUIRE(::openpty(&ends[0], &ends[1], nullptr, &raw, &size) == 0);
        outer = UniqueFd(ends[0]);
        inner = UniqueFd(ends[1]);
        ::fcntl(outer.get(), F_SETFL, O_NONBLOCK);
        console.emplace(inner.get());
    }
    std::string drawn() const { // since asked last
        char buffer[4096];
        std::string text;
        for (ssize_t got = 0; (got = ::read(outer.get(), buffer, sizeof buffer)) > 0;)
            text.append(buffer, static_cast<std::size_t>(got));
        return text;
    }

    UniqueFd outer;
    UniqueFd inner;
    std::optional<Console> console;
};

} // namespace ferry::test
