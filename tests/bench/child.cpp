#include "child.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace ferry::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::minutes(10);

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double mib(const rusage& used) {
    return static_cast<double>(used.ru_maxrss) / 1024; // KiB, for all that POSIX says
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (std::string& text : texts)
        list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

[[noreturn]] void failed(const Command& command, const std::string& how) {
    std::string text = command.words[0] + " " + how + ":";
    for (const std::string& word : command.words)
        text += " " + word;
    throw std::runtime_error(text + "\n" + read_text(command.err));
}

class Child {
  public:
    explicit Child(const Command& command) : command_(command), start_(Clock::now()) {
        const int out = ::open(command.out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        pid_ = spawn(command, out);
        ::close(out);
        ready_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)); // glibc 2.36 declares it for C alone
    }
    ~Child() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
        ::close(ready_);
    }
    Child(Child&& other) noexcept
        : command_(other.command_)
        , start_(other.start_)
        , pid_(std::exchange(other.pid_, -1))
        , ready_(std::exchange(other.ready_, -1))
        , usage_(other.usage_) {}
    Child(const Child&) = delete;

    pollfd interest() const { return {pid_ > 0 ? ready_ : -1, POLLIN, 0}; }
    const Usage& usage() const { return usage_; }

    void reap() {
        int status = 0;
        rusage used{};
        if (::wait4(pid_, &status, 0, &used) != pid_)
            failed(command_, "cannot be waited for");
        usage_ = {std::chrono::duration<double>(Clock::now() - start_).count(),
                  seconds(used.ru_utime) + seconds(used.ru_stime), mib(used)};
        pid_ = -1;
        if (status != 0)
            failed(command_, "failed with wait status " + std::to_string(status));
    }

  private:
    const Command& command_;
    Clock::time_point start_;
    pid_t pid_ = -1;
    int ready_ = -1;
    Usage usage_;
};

} // namespace

pid_t spawn(const Command& command, int out) {
    std::vector<std::string> words = command.words;
    std::vector<std::string> environment = command.environment;
    if (const char* path = std::getenv("PATH"))
        environment.push_back(std::string("PATH=") + path);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    if (!command.err.empty())
        posix_spawn_file_actions_addopen(&actions, 2, command.err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid = -1;
    const int error =
        ::posix_spawnp(&pid, words[0].c_str(), &actions, nullptr, pointers(words).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::runtime_error("cannot start " + words[0] + ": " + std::strerror(error));
    return pid;
}

std::vector<Usage> run_together(const std::vector<Command>& commands) {
    std::vector<Child> children;
    children.reserve(commands.size());
    for (const Command& command : commands)
        children.emplace_back(command);
    for (std::size_t left = children.size(); left > 0;) {
        std::vector<pollfd> waiting;
        waiting.reserve(children.size());
        for (const Child& child : children)
            waiting.push_back(child.interest());
        const int limit = static_cast<int>(std::chrono::milliseconds(patience).count());
        if (::poll(waiting.data(), waiting.size(), limit) <= 0)
            failed(commands[0], "took too long, or could not be waited for");
        for (std::size_t i = 0; i < children.size(); ++i)
            if (waiting[i].revents != 0) {
                children[i].reap();
                --left;
            }
    }
    std::vector<Usage> usages;
    usages.reserve(children.size());
    for (const Child& child : children)
        usages.push_back(child.usage());
    return usages;
}

Usage run(const Command& command) {
    return run_together({command}).front();
}

double own_peak_mib() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return mib(used);
}

std::string read_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace ferry::bench
