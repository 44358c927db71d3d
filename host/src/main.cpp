#include "cli/execute.hpp"
#include "signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

namespace {

// With a standard stream closed, the next file opened would take its place and be written over. Read-only, so that a
// result without a standard output is still told as an error.
void open_standard_streams() {
    int fd = 0;
    while (fd >= 0 && fd <= 2)
        fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(fd);
}

} // namespace

int main(int argc, char** argv) {
    try {
        open_standard_streams();
        ferry::ignore_write_signals();
        return ferry::execute(ferry::parse_command_line({argv + (argc > 0 ? 1 : 0), argv + argc}));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "ferry: error: unexpected: %s\n", e.what());
    } catch (...) {
        std::fprintf(stderr, "ferry: error: unexpected exception\n");
    }
    return 1;
}
