#include "signals.hpp"

#include "report/console.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace ferry {
namespace {

// Some send one signal to the process and to its group: within this time the same one counts once.
constexpr std::int64_t same_signal_ns = 500'000'000;

// What the handler needs; set before it is installed.
StopFlag* stop_flag = nullptr;
ProcessGroups* process_groups = nullptr;
std::atomic<std::int64_t> first_ns{0};
std::atomic<int> first_signal{0};

std::int64_t now_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// Only async-signal-safe calls.
extern "C" void on_signal(int signal) {
    const std::int64_t now = now_ns();
    std::int64_t none = 0;
    if (first_ns.compare_exchange_strong(none, now)) {
        first_signal = signal;
        stop_flag->request(signal);
        return;
    }
    if (now - none < same_signal_ns && first_signal == signal)
        return;
    process_groups->end_all();
    leave_drawn_status();
    ::_exit(128 + signal);
}

bool ignored(int signal) {
    struct sigaction old {};
    return ::sigaction(signal, nullptr, &old) == 0 && old.sa_handler == SIG_IGN;
}

} // namespace

void install_signal_handlers(StopFlag& stop, ProcessGroups& groups) {
    stop_flag = &stop;
    process_groups = &groups;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    ::sigfillset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
        if ((signal != SIGINT && signal != SIGHUP) || !ignored(signal))
            ::sigaction(signal, &action, nullptr);
}

void ignore_write_signals() {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
}

} // namespace ferry
