#include "tasks/child_process.hpp"

#include "unique_fd.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <thread>

namespace ferry {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds tick{50};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const std::string& text : texts)
        result.push_back(const_cast<char*>(text.c_str())); // the C interface's const is missing, not ours
    result.push_back(nullptr);
    return result;
}

class SpawnActions {
  public:
    explicit SpawnActions(const ChildStart& start) {
        ::posix_spawn_file_actions_init(&actions_);
        const int streams[] = {start.input, start.output, start.error};
        for (int to = 0; to <= 2; ++to)
            note(::posix_spawn_file_actions_adddup2(&actions_, streams[to], to));
        note(::posix_spawn_file_actions_addchdir_np(&actions_, start.cwd.c_str()));
        note(::posix_spawn_file_actions_addclosefrom_np(&actions_, 3));
    }
    ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;

    const posix_spawn_file_actions_t* get() const { return &actions_; }
    int error() const { return error_; }

  private:
    void note(int result) { error_ = error_ == 0 ? result : error_; }

    posix_spawn_file_actions_t actions_;
    int error_ = 0;
};

// Own group, no signal blocked or ignored: ferry's own choices (SIGPIPE) are none of the command's business.
class SpawnAttributes {
  public:
    SpawnAttributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;

    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_;
};

int spawn(const ChildStart& start, pid_t& pid) {
    const SpawnActions actions(start);
    if (actions.error() != 0)
        return actions.error();
    const SpawnAttributes attributes;
    const auto arguments = pointers(start.arguments);
    const auto environment = pointers(start.environment);
    return ::posix_spawn(&pid, start.program.c_str(), actions.get(), attributes.get(), arguments.data(),
                         environment.data());
}

// The same, and `groups` knows the group before any signal handler asks for it.
int start_in(ProcessGroups& groups, const ChildStart& start, pid_t& pid) {
    groups.guard();
    const ProcessGroups::Starting starting(groups);
    if (!starting.allowed())
        return ECANCELED;
    const int error = spawn(start, pid);
    if (error == 0)
        groups.add(pid);
    return error;
}

// -1 where the kernel is older than 5.3. By number: the C++ declaration of glibc 2.36 does not link.
int open_pidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

// Known to `groups` (which start_in() told) as long as it may have members.
class Group {
  public:
    Group(pid_t id, ProcessGroups& groups) : id_(id), groups_(groups), pidfd_(open_pidfd(id)) {}
    ~Group() { groups_.remove(id_); }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    void signal(int number) const { ::kill(-id_, number); }

    // Sleeps until the leader ends, at most for `time`; without pidfd (kernel before 5.3) it looks more often instead.
    void wait(std::chrono::milliseconds time) const {
        if (!pidfd_ || leader_ended_) {
            std::this_thread::sleep_for(std::min(time, std::chrono::milliseconds(5)));
            return;
        }
        pollfd waiting{pidfd_.get(), POLLIN, 0};
        ::poll(&waiting, 1, static_cast<int>(time.count()));
    }

    // Collects the leader if it has ended; then true.
    bool leader_ended() {
        if (leader_ended_)
            return true;
        const pid_t got = ::waitpid(id_, &status_, WNOHANG);
        leader_ended_ = got == id_ || (got < 0 && errno == ECHILD);
        return leader_ended_;
    }

    // Collects orphans of the group that have ended (see adopt_orphans); true if none of the group is left.
    bool empty() const {
        while (::waitpid(-id_, nullptr, WNOHANG) > 0) {
        }
        return ::kill(-id_, 0) != 0 && errno == ESRCH;
    }

    int status() const { return status_; }

  private:
    const pid_t id_;
    ProcessGroups& groups_;
    const UniqueFd pidfd_;
    int status_ = 0;
    bool leader_ended_ = false;
};

bool all_ended(Group& group) {
    return group.leader_ended() && group.empty();
}

// True once the whole group has ended; false after `grace`.
bool ends_within(Group& group, std::chrono::milliseconds grace, const std::function<bool()>& cancelled = {}) {
    const auto deadline = Clock::now() + grace;
    while (!all_ended(group)) {
        if (Clock::now() >= deadline || (cancelled && cancelled()))
            return false;
        group.wait(std::min<std::chrono::milliseconds>(
            tick, std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now())));
    }
    return true;
}

// TERM, the grace, KILL. A stopped process gets CONT, or it would not hear TERM. What even KILL does not end within
// another grace (a process in an uninterruptible file system call) is left behind rather than waited for.
void terminate(Group& group, const ChildWatch& watch) {
    const auto patience = std::min(std::chrono::milliseconds(1000), watch.grace / 2);
    group.signal(SIGTERM);
    group.signal(SIGCONT);
    if (ends_within(group, patience))
        return;
    if (watch.lingers)
        watch.lingers();
    if (ends_within(group, watch.grace - patience))
        return;
    group.signal(SIGKILL);
    ends_within(group, watch.grace);
}

ChildEnd watch_group(Group& group, const ChildWatch& watch) {
    ChildEnd end;
    const auto cancelled = [&] { return watch.cancelled && watch.cancelled(); };
    while (!group.leader_ended() && !end.stopped) {
        group.wait(tick);
        end.stopped = !group.leader_ended() && cancelled();
    }
    if (end.stopped) {
        terminate(group, watch);
    } else if (!group.empty()) {
        // Process substitutions of a shell may still be flushing what the program wrote: they get time, but no step
        // leaves a process behind.
        const bool badly = group.status() != 0;
        if (badly || !ends_within(group, watch.grace, cancelled)) {
            end.stopped = !badly && cancelled();
            end.leftovers_killed = !badly && !end.stopped;
            terminate(group, watch);
        }
    }
    if (WIFSIGNALED(group.status()))
        end.signal = WTERMSIG(group.status());
    else
        end.exit_code = WEXITSTATUS(group.status());
    return end;
}

} // namespace

std::variant<ChildEnd, int> run_child(const ChildStart& start, const ChildWatch& watch, ProcessGroups& groups) {
    pid_t pid = 0;
    if (const int error = start_in(groups, start, pid); error != 0)
        return error;
    Group group(pid, groups);
    if (watch.started)
        watch.started();
    return watch_group(group, watch);
}

void adopt_orphans() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

} // namespace ferry
