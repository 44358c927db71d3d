#include "process_context.hpp"

#include <cstdlib>
#include <unistd.h>

namespace ferry {

const NetworkSettings& ProcessContext::network() {
    std::lock_guard lock(mutex_);
    if (!network_) {
        const char* home = std::getenv("HOME");
        network_ = network_settings(::environ, home ? home : "");
    }
    return *network_;
}

bool ProcessContext::first_time(const std::string& warning) {
    std::lock_guard lock(mutex_);
    return warned_.insert(warning).second;
}

Result<TransportFactory*> ProcessContext::transports() {
    const NetworkSettings& settings = network();
    std::lock_guard lock(mutex_);
    if (!transports_) {
        auto made = make_poco_transports(settings.transport);
        if (!made)
            return made.error();
        transports_ = std::move(made).value();
    }
    return transports_.get();
}

StorageGate& ProcessContext::row_gate(int places) {
    std::lock_guard lock(mutex_);
    if (!row_gate_)
        row_gate_ = std::make_unique<StorageGate>(clock_, pace_, places);
    row_gate_->widen(places);
    return *row_gate_;
}

} // namespace ferry
