#include "http/resolver.hpp"

#include <csignal>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>

namespace ferry {

namespace {

// Shared by the asking thread and the one that looks up; whoever leaves last frees it.
struct Lookup {
    Lookup(std::string name, std::uint16_t at)
        : host(std::move(name))
        , service(std::to_string(at))
        , done(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    const std::string host;
    const std::string service;
    const Descriptor done; // readable once the results below stand; they are read only after that
    std::mutex mutex;
    std::vector<Address> addresses;
    std::string problem;
};

std::string problem_text(int rc, int error_number) {
    return rc == EAI_SYSTEM ? std::generic_category().message(error_number) : ::gai_strerror(rc);
}

void look_up(Lookup& lookup, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* list = nullptr;
    const int rc = ::getaddrinfo(lookup.host.c_str(), lookup.service.c_str(), &hints, &list);
    const int error_number = errno;
    std::lock_guard lock(lookup.mutex);
    if (rc != 0) {
        lookup.problem = problem_text(rc, error_number);
        return;
    }
    for (const addrinfo* one = list; one; one = one->ai_next) {
        Address& address = lookup.addresses.emplace_back();
        std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
        address.length = one->ai_addrlen;
    }
    ::freeaddrinfo(list);
}

// getaddrinfo cannot be interrupted, so it runs on a thread that nobody waits for. It holds nothing but the shared
// state, and the resolver's own timeout ends it; signals stay with the host's threads.
bool start(const std::shared_ptr<Lookup>& lookup) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    bool started = true;
    try {
        std::thread([lookup] {
            look_up(*lookup, 0);
            const std::uint64_t one = 1;
            [[maybe_unused]] const ssize_t written = ::write(lookup->done.get(), &one, sizeof one);
        }).detach();
    } catch (const std::system_error&) {
        started = false;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started;
}

HttpFailure failed(const std::string& what, const std::string& why) {
    return {FailureKind::no_connection, "cannot look up the address of " + what + ": " + why};
}

} // namespace

std::variant<std::vector<Address>, HttpFailure> resolve(const std::string& host, std::uint16_t port,
                                                        const std::string& what, Waiter& waiter, Patience& patience) {
    const auto lookup = std::make_shared<Lookup>(host, port);
    look_up(*lookup, AI_NUMERICHOST);
    if (!lookup->addresses.empty())
        return std::move(lookup->addresses);
    lookup->problem.clear();
    if (!lookup->done || !start(lookup))
        return failed(what, "no thread or descriptor to be had");
    switch (waiter.wait(lookup->done.get(), POLLIN, patience)) {
    case Wake::cancelled:
        return HttpFailure{FailureKind::cancelled, "cancelled while looking up " + what};
    case Wake::timeout:
        return failed(what, "no answer within " + to_text(patience.whole()));
    case Wake::ready:
        break;
    }
    std::lock_guard lock(lookup->mutex);
    if (lookup->addresses.empty())
        return failed(what, lookup->problem.empty() ? "it has none" : lookup->problem);
    return std::move(lookup->addresses);
}

} // namespace ferry
