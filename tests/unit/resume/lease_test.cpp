#include "state/lease.hpp"

#include "fake_clock.hpp"
#include "recording_log.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fcntl.h>
#include <memory>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ferry::test {
namespace {

struct Bench {
    TempDir dir;
    PrivateFolder folder = PrivateFolder::open(dir.path().string()).value();
    FakeClock clock;
    RecordingLog log;
    CancelToken cancel;
    std::string lost;

    Result<std::unique_ptr<Lease>> acquire() {
        return Lease::acquire({.folder = folder,
                               .name = "x.lease",
                               .what = "this step",
                               .clock = clock,
                               .on_waiting = [this](const std::string& words) { log.warn(words); },
                               .on_takeover = [this](const std::string& words) { log.info(words); },
                               .on_lost = [this](std::string reason) { lost = std::move(reason); }},
                              cancel);
    }
    // A lease of somebody else's, last renewed so many seconds ago.
    void held_by(const ProcessIdentity& owner, long seconds_ago) const {
        dir.write("x.lease", to_text(owner) + "\nnonce\n");
        ::chmod((dir / "x.lease").c_str(), 0600);
        timespec times[2]{};
        ::clock_gettime(CLOCK_REALTIME, &times[0]);
        times[0].tv_sec -= seconds_ago;
        times[1] = times[0];
        REQUIRE(::utimensat(AT_FDCWD, (dir / "x.lease").c_str(), times, 0) == 0);
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(dir.path()), std::filesystem::directory_iterator()));
    }
};

ProcessIdentity elsewhere() {
    return {.host = "node7", .boot = "another-boot", .pid_namespace = {}, .pid = 4242, .started = 1};
}

// A process that has ended.
ProcessIdentity ended() {
    ProcessIdentity process = this_process();
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(0);
    ::waitpid(child, nullptr, 0);
    process.pid = child;
    return process;
}

} // namespace

TEST_CASE("a lease is there while it is held, private, and gone afterwards") {
    Bench bench;
    {
        const auto lease = bench.acquire();
        REQUIRE(lease.ok());
        struct stat info {};
        REQUIRE(::stat((bench.dir / "x.lease").c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);
        CHECK(bench.files() == 1);
        CHECK((*lease)->renew());
    }
    CHECK(bench.files() == 0);
}

TEST_CASE("a living process is waited for as long as a lease lasts, and named") {
    Bench bench;
    SUBCASE("of this machine, however old its lease") {
        bench.held_by(this_process(), 100'000);
    }
    SUBCASE("of another machine, by its renewal") {
        bench.held_by(elsewhere(), 3);
    }
    const auto lease = bench.acquire();
    REQUIRE_FALSE(lease.ok());
    CHECK(lease.error().kind == ErrorKind::conflict);
    const bool here = lease.error().message.find("process " + std::to_string(::getpid()) + " on host ") == 0;
    const bool there = lease.error().message.find("process 4242 on host node7 ") == 0;
    CHECK((here || there));
    CHECK(bench.clock.waited() == Lease::dead_after);
    CHECK(bench.log.count(LogLevel::warn) == 1);
    CHECK(bench.files() == 1);
}

TEST_CASE("a lease that is held says since when") {
    Bench bench;
    const auto lease = bench.acquire();
    REQUIRE(lease.ok());
    const auto second = bench.acquire();
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().message.find(" has this step in work, and still had after 1 min 00 s, since 2") !=
          std::string::npos);
}

TEST_CASE("who has a lease is told by a look that changes nothing") {
    Bench bench;
    CHECK_FALSE(Lease::holder(bench.folder, "x.lease"));
    bench.held_by(this_process(), 100'000);
    const auto here = Lease::holder(bench.folder, "x.lease");
    REQUIRE(here);
    CHECK(here->starts_with("process " + std::to_string(::getpid()) + " on host "));
    bench.held_by(elsewhere(), 3);
    CHECK(Lease::holder(bench.folder, "x.lease") == "process 4242 on host node7");
    bench.held_by(elsewhere(), 61);
    CHECK_FALSE(Lease::holder(bench.folder, "x.lease"));
    bench.held_by(ended(), 0);
    CHECK_FALSE(Lease::holder(bench.folder, "x.lease"));
    CHECK(bench.files() == 1);
}

TEST_CASE("a dead process's lease is taken over at once where this machine can tell, else after a minute") {
    Bench bench;
    SUBCASE("ended here") {
        bench.held_by(ended(), 0);
    }
    SUBCASE("ended here, and so has one that was about to take over") {
        bench.held_by(ended(), 0);
        bench.dir.write("x.lease.steal", to_text(ended()) + "\nanother\n");
        ::chmod((bench.dir / "x.lease.steal").c_str(), 0600);
    }
    SUBCASE("its pid is used again") {
        ProcessIdentity other = this_process();
        other.started += 1;
        bench.held_by(other, 0);
    }
    SUBCASE("elsewhere, silent for a minute") {
        bench.held_by(elsewhere(), 61);
    }
    SUBCASE("unreadable and old") {
        bench.held_by(elsewhere(), 0);
        bench.dir.write("x.lease", "garbage");
        const timespec old[2]{{1, 0}, {1, 0}};
        REQUIRE(::utimensat(AT_FDCWD, (bench.dir / "x.lease").c_str(), old, 0) == 0);
    }
    const auto lease = bench.acquire();
    REQUIRE(lease.ok());
    CHECK(bench.clock.waited() == Duration{0});
    CHECK(read_file(bench.dir / "x.lease").find(std::to_string(::getpid())) != std::string::npos);
    CHECK(bench.files() == 1);
}

TEST_CASE("a process killed and not yet waited for is dead") {
    Bench bench;
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    ProcessIdentity process = this_process();
    process.pid = child;
    process.started = 77; // of no matter: a zombie's is never equal
    ::kill(child, SIGKILL);
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
    CHECK(liveness_of(process) == Liveness::dead);
    ::waitpid(child, nullptr, 0);
}

TEST_CASE("waiting ends when the lease is given back, or with a cancel") {
    Bench bench;
    bench.held_by(this_process(), 0);
    int waits = 0;
    bench.clock.before_wait([&](Duration) {
        if (++waits == 3)
            bench.folder.remove("x.lease");
    });
    CHECK(bench.acquire().ok());
    bench.held_by(this_process(), 0);
    bench.clock.before_wait([&](Duration) { bench.cancel.cancel(); });
    const auto second = bench.acquire();
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().kind == ErrorKind::cancelled);
}

TEST_CASE("an owner that slept too long learns that it has lost, and leaves the new owner's lease alone") {
    Bench bench;
    auto lease = bench.acquire();
    REQUIRE(lease.ok());
    bench.held_by(elsewhere(), 0);
    CHECK_FALSE((*lease)->renew());
    CHECK_FALSE((*lease)->renew());
    CHECK(bench.lost.find("process 4242 on host node7 has taken over this step") == 0);
    lease->reset();
    CHECK(std::filesystem::exists(bench.dir / "x.lease"));
}

TEST_CASE("a lease that somebody has tidied away is put back") {
    Bench bench;
    const auto lease = bench.acquire();
    REQUIRE(lease.ok());
    bench.folder.remove("x.lease");
    CHECK((*lease)->renew());
    CHECK(std::filesystem::exists(bench.dir / "x.lease"));
    CHECK((*lease)->renew());
    CHECK(bench.lost.empty());
}

TEST_CASE("a folder that is not the user's alone, or a link, is refused") {
    TempDir dir;
    ::mkdir((dir / "open").c_str(), 0755);
    ::chmod((dir / "open").c_str(), 0755);
    const auto wide = PrivateFolder::open((dir / "open").string());
    REQUIRE_FALSE(wide.ok());
    CHECK(wide.error().kind == ErrorKind::invalid);
    std::filesystem::create_directory_symlink(dir.path(), dir / "link");
    const auto link = PrivateFolder::open((dir / "link").string());
    REQUIRE_FALSE(link.ok());
    CHECK(link.error().kind == ErrorKind::invalid);
}

} // namespace ferry::test
