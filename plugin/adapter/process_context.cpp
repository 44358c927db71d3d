#include "process_context.hpp"

#include "http/poco_transport.hpp"

namespace ferry {

Result<TransportFactory*> ProcessContext::transports() {
    std::lock_guard lock(mutex_);
    if (!transports_) {
        auto made = make_poco_transports(transport_settings_from_environment());
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
