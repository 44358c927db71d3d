#include "tasks/group_guard.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

namespace ferry {
namespace {

constexpr std::size_t most_groups = 4096;
constexpr std::size_t most_words = 256; // at once

// What follows runs after a fork among threads: only calls that a signal handler may make, and no memory.
class Guarded {
  public:
    void take(pid_t word) {
        const pid_t looked_for = word > 0 ? 0 : -word;
        for (pid_t& group : groups_)
            if (group == looked_for) {
                group = word > 0 ? word : 0;
                return;
            }
    }
    void kill_all() const {
        for (const pid_t group : groups_)
            if (group > 1)
                ::kill(-group, SIGKILL);
    }

  private:
    std::array<pid_t, most_groups> groups_{};
};

// Nothing of ferry's stays open here: whoever waits for the end of its output waits for this process, too.
void close_all_but(int kept) {
    ::dup2(kept, 0);
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, 1u, ~0u, 0u) == 0)
        return;
#endif
    const long most = ::sysconf(_SC_OPEN_MAX);
    for (int fd = 1; fd < (most > 0 && most < 65536 ? most : 65536); ++fd)
        ::close(fd);
}

[[noreturn]] void guard(int from) {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr); // what ends ferry does not end its guard
    close_all_but(from);
    ::prctl(PR_SET_NAME, "ferry-guard");
    static Guarded guarded;
    for (;;) {
        std::array<pid_t, most_words> words{};
        const ssize_t got = ::read(0, words.data(), sizeof words);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof(pid_t); ++i)
            guarded.take(words[i]);
    }
    guarded.kill_all();
    ::_exit(0);
}

} // namespace

GroupGuard::~GroupGuard() {
    if (words_ >= 0)
        ::close(words_);
}

// Forked twice, so that it is nobody's child whose end would have to be waited for. It shares our locks, as long as it
// has our files open: who ends soon after would leave them locked for the next, so this waits until it has closed them.
void GroupGuard::start() noexcept {
    std::array<int, 2> ends{};
    std::array<int, 2> ready{};
    if (words_ >= 0 || ::pipe2(ready.data(), O_CLOEXEC) != 0)
        return;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        ::close(ready[0]);
        ::close(ready[1]);
        return;
    }
    const pid_t first = ::fork();
    if (first == 0) {
        ::setsid();
        if (const pid_t second = ::fork(); second != 0)
            ::_exit(second < 0 ? 1 : 0);
        guard(ends[0]);
    }
    int status = -1;
    if (first > 0)
        while (::waitpid(first, &status, 0) < 0 && errno == EINTR) {
        }
    ::close(ends[0]);
    ::close(ready[1]);
    char none = 0;
    while (::read(ready[0], &none, 1) < 0 && errno == EINTR) { // ends when the guard has closed the other end
    }
    ::close(ready[0]);
    if (status != 0) {
        ::close(ends[1]);
        return;
    }
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK); // a guard that is stopped must not stop us
    words_ = ends[1];
}

void GroupGuard::tell(pid_t word) const noexcept {
    if (words_ < 0)
        return;
    while (::write(words_, &word, sizeof word) < 0 && errno == EINTR) {
    }
}

} // namespace ferry
