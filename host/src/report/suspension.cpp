#include "report/suspension.hpp"

#include <atomic>
#include <csignal>

namespace ferry {
namespace {

std::atomic<bool> stop_asked{false};
std::atomic<unsigned> wakings{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<unsigned>::is_always_lock_free,
              "signal handlers write them");

extern "C" void note_stop(int) {
    stop_asked = true;
}

extern "C" void note_waking(int) {
    ++wakings;
}

void set_handler(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

} // namespace

Suspension::Suspension() {
    set_handler(SIGCONT, note_waking);
    if (!is_ignored(SIGTSTP))
        set_handler(SIGTSTP, note_stop);
}

Suspension::~Suspension() {
    if (!is_ignored(SIGTSTP))
        set_handler(SIGTSTP, SIG_DFL);
    if (stop_asked.exchange(false))
        ::raise(SIGTSTP);
    set_handler(SIGCONT, SIG_DFL);
}

bool Suspension::asked() const {
    return stop_asked;
}

void Suspension::stop_now() {
    stop_asked = false;
    set_handler(SIGTSTP, SIG_DFL);
    ::raise(SIGTSTP);
    set_handler(SIGTSTP, note_stop);
}

unsigned times_woken() {
    return wakings;
}

} // namespace ferry
