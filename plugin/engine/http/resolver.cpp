#include "http/resolver.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>

namespace ferry {

namespace {

// Shared by the asking thread and the one that looks up; whoever leaves last frees it.
struct Lookup {
    const Descriptor done{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}; // readable once the result stands
    std::mutex mutex;
    LookupResult result;
};

std::string problem_text(int rc, int error_number) {
    return rc == EAI_SYSTEM ? std::generic_category().message(error_number) : ::gai_strerror(rc);
}

LookupResult get_addresses(const std::string& host, std::uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* list = nullptr;
    const int rc = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    const int error_number = errno;
    LookupResult result;
    if (rc != 0) {
        result.problem = problem_text(rc, error_number);
        return result;
    }
    for (const addrinfo* one = list; one; one = one->ai_next) {
        Address& address = result.addresses.emplace_back();
        std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
        address.length = one->ai_addrlen;
    }
    ::freeaddrinfo(list);
    return result;
}

void run(Lookup& lookup, const LookupFunction& look_up, const std::string& host, std::uint16_t port) {
    LookupResult result;
    try {
        result = look_up(host, port);
    } catch (const std::exception& e) {
        result.problem = e.what();
    }
    {
        std::lock_guard lock(lookup.mutex);
        lookup.result = std::move(result);
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(lookup.done.get(), &one, sizeof one);
}

// getaddrinfo cannot be interrupted, so it runs on a thread that nobody waits for. That thread holds nothing but the
// shared state, and the resolver's own timeout ends it; signals stay with the host's threads.
bool start(const std::shared_ptr<Lookup>& lookup, const LookupFunction& look_up, const std::string& host,
           std::uint16_t port) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    if (!lookup->done || pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    bool started = true;
    try {
        std::thread([=] { run(*lookup, look_up, host, port); }).detach();
    } catch (const std::system_error&) {
        started = false;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started;
}

HttpFailure failed(const std::string& what, const std::string& why) {
    return {FailureKind::no_connection, "cannot look up the address of " + what + ": " + why, 0, "check that name"};
}

} // namespace

LookupResult system_lookup(const std::string& host, std::uint16_t port) {
    return get_addresses(host, port, 0);
}

std::variant<std::vector<Address>, HttpFailure> resolve(const std::string& host, std::uint16_t port,
                                                        const std::string& what, Waiter& waiter, Patience& patience,
                                                        const LookupFunction& look_up) {
    if (auto literal = get_addresses(host, port, AI_NUMERICHOST); !literal.addresses.empty())
        return std::move(literal.addresses);
    const auto lookup = std::make_shared<Lookup>();
    if (!start(lookup, look_up, host, port))
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
    if (lookup->result.addresses.empty())
        return failed(what, lookup->result.problem.empty() ? "it has none" : lookup->result.problem);
    return std::move(lookup->result.addresses);
}

} // namespace ferry
