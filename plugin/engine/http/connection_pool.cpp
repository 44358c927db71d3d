#include "http/connection_pool.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace ferry {

namespace {

bool still_idle(Connection& connection) {
    // Anything but silence (end of stream, or bytes that nobody asked for) makes it useless. TLS tickets are read here.
    std::array<std::byte, 1> byte;
    return connection.stream->read(byte).state == IoResult::State::again;
}

} // namespace

ConnectionPool::Origin& ConnectionPool::entry(const std::string& name) {
    const bool known = origins_.contains(name);
    if (!known && origins_.size() >= max_origins)
        origins_.erase(std::ranges::min_element(origins_, {}, [](const auto& one) { return one.second.used; }));
    Origin& origin = origins_[name];
    origin.used = std::chrono::steady_clock::now();
    return origin;
}

// Those that have rested for too long are handed out to be closed without the lock.
std::optional<Connection> ConnectionPool::pop(const std::string& name, Idle idle, std::vector<Resting>& out_of_date) {
    std::lock_guard lock(mutex_);
    Origin& origin = entry(name);
    const auto old = [now = origin.used](const Resting& one) { return now - one.since > longest_idle; };
    const auto young = std::ranges::find_if_not(origin.idle, old);
    out_of_date.assign(std::make_move_iterator(origin.idle.begin()), std::make_move_iterator(young));
    origin.idle.erase(origin.idle.begin(), young);
    if (origin.idle.empty() || origin.used - origin.idle.back().since > idle)
        return std::nullopt;
    std::optional<Connection> taken = std::move(origin.idle.back().connection);
    origin.idle.pop_back();
    return taken;
}

std::optional<Connection> ConnectionPool::take(const std::string& origin, Idle idle) {
    for (;;) {
        std::vector<Resting> out_of_date;
        std::optional<Connection> taken = pop(origin, idle, out_of_date);
        if (!taken || still_idle(*taken))
            return taken;
    }
}

void ConnectionPool::give_back(const std::string& name, Connection connection) {
    std::optional<Resting> surplus;
    std::lock_guard lock(mutex_);
    Origin& origin = entry(name);
    if (origin.idle.size() >= max_idle) {
        surplus = std::move(origin.idle.front());
        origin.idle.erase(origin.idle.begin());
    }
    origin.idle.push_back({std::move(connection), origin.used});
}

TlsSession ConnectionPool::session(const std::string& origin) const {
    std::lock_guard lock(mutex_);
    const auto found = origins_.find(origin);
    return found == origins_.end() ? nullptr : found->second.session;
}

void ConnectionPool::keep_session(const std::string& origin, TlsSession session) {
    std::lock_guard lock(mutex_);
    entry(origin).session = std::move(session);
}

} // namespace ferry
