#include "plugins/probe.hpp"

#include "plugins/handshake.hpp"
#include "unique_fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

namespace ferry {
namespace {

// On the pipe: one byte for each stage begun, then `done`, or `failed` with the reason.
constexpr char done = '.';
constexpr char failed = '!';

void tell(int pipe, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::write(pipe, text.data(), text.size());
        if (sent < 0 && errno != EINTR)
            ::_exit(1); // the parent is gone
        text.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
}

// What the library prints while it dies is not for the user: the parent tells it in one sentence.
void silence() {
    const int null = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; ++fd)
        ::dup2(null, fd);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGINT, SIGTERM, SIGHUP, SIGUSR1})
        ::signal(signal, SIG_DFL);
}

[[noreturn]] void child(const std::string& path, int pipe) {
    silence();
    const QueryResult result = query_library(path, [pipe](LoadStage stage) {
        const char byte = static_cast<char>(stage);
        tell(pipe, {&byte, 1});
    });
    if (const auto* reason = std::get_if<std::string>(&result))
        tell(pipe, failed + *reason);
    else
        tell(pipe, {&done, 1});
    ::_exit(0); // no destructors, no exit handlers of the library
}

struct Report {
    std::string text;
    bool timed_out = false;
};

// Until the child has closed its end, said its last word, or patience is over.
Report listen(int pipe, std::chrono::milliseconds patience) {
    Report report;
    const auto end = std::chrono::steady_clock::now() + patience;
    while (report.text.find(done) == std::string::npos || report.text.find(failed) != std::string::npos) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
        pollfd waiting{pipe, POLLIN, 0};
        const int ready = left <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(left));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0) {
            report.timed_out = true;
            break;
        }
        std::array<char, 4096> buffer;
        const ssize_t got = ::read(pipe, buffer.data(), buffer.size());
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        report.text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    }
    return report;
}

std::string end_text(int status) {
    if (WIFSIGNALED(status)) {
        const char* name = ::sigabbrev_np(WTERMSIG(status));
        const bool cut = WTERMSIG(status) == SIGBUS; // what reading behind the end of a mapped file raises
        return "crashed (SIG" + std::string(name ? name : "?") + (cut ? ", so the file may be incomplete)" : ")");
    }
    return "ended the process (exit code " + std::to_string(WEXITSTATUS(status)) + ")";
}

// The last stage begun is the one that went wrong.
std::string blame(const std::string& stages, const std::string& what) {
    switch (static_cast<LoadStage>(stages.empty() ? '\0' : stages.back())) {
    case LoadStage::loading:
        return "loading it " + what + ": one of its static initialisers is broken";
    case LoadStage::querying:
        return "its ferry_plugin_query " + what;
    case LoadStage::reading_table:
        return "reading its plugin table " + what + ": the table holds bad pointers";
    }
    return "the trial load " + what;
}

} // namespace

std::optional<std::string> probe_plugin(const std::string& path, std::chrono::milliseconds patience) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return std::string("no pipe for a trial load: ") + std::strerror(errno);
    UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0)
        return std::string("no process for a trial load: ") + std::strerror(errno);
    if (pid == 0)
        child(path, writing.get());
    writing.reset();
    const Report report = listen(reading.get(), patience);
    ::kill(pid, SIGKILL); // it has said its last word, is gone, or hangs
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (const auto at = report.text.find(failed); at != std::string::npos)
        return report.text.substr(at + 1);
    if (report.text.ends_with(done))
        return std::nullopt;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience).count();
    return blame(report.text,
                 report.timed_out ? "did not end within " + std::to_string(seconds) + " s" : end_text(status));
}

} // namespace ferry
