// Name look-up that can be walked away from.
#pragma once

#include "http/http_transport.hpp"
#include "http/waiter.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <variant>
#include <vector>

namespace ferry {

struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

struct LookupResult {
    std::vector<Address> addresses;
    std::string problem; // why there are none
};
// Blocks for as long as it likes; runs on a thread of its own, perhaps beyond the end of the request that asked.
using LookupFunction = std::function<LookupResult(const std::string& host, std::uint16_t port)>;
LookupResult system_lookup(const std::string& host, std::uint16_t port);

// All addresses of the host, at least one, in the system's order of preference. `what` names the host and its port in
// messages. An address as host needs no look-up.
std::variant<std::vector<Address>, HttpFailure> resolve(const std::string& host, std::uint16_t port,
                                                        const std::string& what, Waiter& waiter, Patience& patience,
                                                        const LookupFunction& look_up = system_lookup);

} // namespace ferry
