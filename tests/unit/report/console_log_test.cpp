#include "captured_console.hpp"
#include "ferry_plugin.h"
#include "pty_console.hpp"
#include "report/log.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <thread>

namespace ferry::test {

TEST_CASE("a status line gives way to lines and comes back; at the end it is gone") {
    const TempDir dir;
    const UniqueFd file(::open((dir / "err").c_str(), O_RDWR | O_CREAT | O_APPEND, 0600));
    {
        Console console(file.get());
        console.line("one");
        console.status("50 %");
        console.status("50 %"); // unchanged: not drawn again
        console.line("two");
        console.status("50 %\nalign");
    }
    const std::string clear = "\r\x1b[2K";
    CHECK(read_file(dir / "err") ==
          "one\n50 %" + clear + "two\n50 %" + clear + "50 %\nalign" + clear + "\x1b[A" + clear);
}

TEST_CASE("what else is written to the terminal has the status out of its way; what goes elsewhere leaves it alone") {
    PtyConsole terminal;
    terminal.console->status("50 %");
    terminal.console->write_beside(terminal.inner.get(), [&] { CHECK(::write(terminal.inner.get(), "{}\n", 3) == 3); });
    const std::string clear = "\r\x1b[2K";
    CHECK(terminal.drawn() == "50 %" + clear + "{}\n50 %");
    const CapturedConsole elsewhere;
    terminal.console->write_beside(elsewhere.file.get(), [&] { terminal.console->status("60 %"); }); // is not held up
    CHECK(terminal.drawn() == clear + "60 %");
}

TEST_CASE("a process that ends at once leaves the line of its status, if there is one") {
    PtyConsole terminal;
    terminal.console->status("50 %");
    leave_drawn_status();
    CHECK(terminal.drawn() == "50 %\n");
    terminal.console->status({});
    terminal.drawn();
    leave_drawn_status();
    CHECK(terminal.drawn().empty());
}

TEST_CASE("a console that does not block loses no line to a slow reader") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    std::thread writing([&] {
        Console console(writer.get());
        for (int line = 0; line < 300; ++line)
            console.line(std::string(999, 'x'));
        writer = UniqueFd();
    });
    std::size_t got = 0;
    char buffer[4096];
    for (ssize_t count = -1; count != 0;) {
        count = ::read(reader.get(), buffer, sizeof buffer);
        got += count > 0 ? static_cast<std::size_t>(count) : 0;
        std::this_thread::yield();
    }
    writing.join();
    CHECK(got == 300'000);
}

TEST_CASE("a console that is no terminal") {
    const CapturedConsole captured;
    CHECK_FALSE(captured.console.is_terminal());
    CHECK(captured.console.size().columns == 80);
    CHECK(captured.console.size().rows == 24);
}

TEST_CASE("log lines carry their level, step and every line of a message; what is below the level is not shown") {
    CapturedConsole captured;
    const Log log(captured.console, FERRY_LOG_INFO);
    log.error("broken");
    log.write(FERRY_LOG_WARN, "align", "first\nsecond \x1b[31m\n");
    log.info("fine");
    log.debug("hidden");
    CHECK(captured.text() == "ferry: error: broken\n"
                             "ferry: warning: [align] first\n"
                             "ferry: warning: [align] second \\x1B[31m\n"
                             "ferry: fine\n");
}

TEST_CASE("the level is what the command line calls it") {
    CHECK(log_level("error") == FERRY_LOG_ERROR);
    CHECK(log_level("warn") == FERRY_LOG_WARN);
    CHECK(log_level("info") == FERRY_LOG_INFO);
    CHECK(log_level("debug") == FERRY_LOG_DEBUG);
    CHECK_FALSE(log_level("warning"));
}

TEST_CASE("token values never reach the log") {
    ::setenv("FERRY_TEST_TOKEN", "very-secret-value", 1);
    CapturedConsole captured;
    Log log(captured.console, FERRY_LOG_DEBUG);
    log.hide({"FERRY_TEST_TOKEN"});
    log.debug("header: very-secret-value");
    ::unsetenv("FERRY_TEST_TOKEN");
    CHECK(captured.text() == "ferry: debug: header: [FERRY_TEST_TOKEN]\n");
}

} // namespace ferry::test
