// What becomes of commands whose ferry is killed.
#include "tasks/process_groups.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace ferry;

namespace {

// A process in a group of its own that does nothing.
pid_t idle() {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::setpgid(0, 0);
        for (;;)
            ::pause();
    }
    ::setpgid(pid, pid);
    return pid;
}

bool lives(pid_t group) {
    return ::kill(-group, 0) == 0;
}

} // namespace

TEST_CASE("the groups of a process that is killed are ended, those that it has taken out are not") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const pid_t ferry = ::fork();
    if (ferry == 0) {
        const std::array<pid_t, 3> told{idle(), idle(), idle()}; // before the guard, whose pipe they must not hold
        ProcessGroups groups;
        groups.guard();
        for (const pid_t group : told)
            groups.add(group);
        groups.remove(told[1]);
        (void)!::write(ends[1], told.data(), sizeof told);
        for (;;)
            ::pause();
    }
    ::close(ends[1]);
    std::array<pid_t, 3> told{};
    REQUIRE(::read(ends[0], told.data(), sizeof told) == static_cast<ssize_t>(sizeof told));
    for (const pid_t group : told)
        CHECK(lives(group));
    ::kill(ferry, SIGKILL);
    ::waitpid(ferry, nullptr, 0);
    while (lives(told[0]) || lives(told[2])) { // their end takes its moment
        ::waitpid(-told[0], nullptr, WNOHANG); // where a test before this one has had this process adopt orphans
        ::waitpid(-told[2], nullptr, WNOHANG);
        std::this_thread::yield();
    }
    CHECK(lives(told[1]));
    ::kill(-told[1], SIGKILL);
    ::close(ends[0]);
}

TEST_CASE("the guard ends with its process, and holds nothing open that others wait for") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    {
        ProcessGroups groups;
        groups.guard();
        ::close(ends[1]);
        char none = 0;
        CHECK(::read(ends[0], &none, 1) == 0); // the guard does not have the other end
    }
    ::close(ends[0]);
}

TEST_CASE("a lock that is let go after the guard was started is free at once") {
    for (int i = 0; i < 20; ++i) {
        const int held = ::memfd_create("locked", MFD_CLOEXEC);
        const std::string again = "/proc/self/fd/" + std::to_string(held);
        const int other = ::open(again.c_str(), O_RDWR | O_CLOEXEC); // a file description of its own
        REQUIRE(other >= 0);
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        REQUIRE(::fcntl(held, F_OFD_SETLK, &lock) == 0);
        ProcessGroups groups;
        groups.guard();
        REQUIRE(::fcntl(other, F_OFD_SETLK, &lock) != 0);
        ::close(held);
        CHECK(::fcntl(other, F_OFD_SETLK, &lock) == 0);
        ::close(other);
    }
}
