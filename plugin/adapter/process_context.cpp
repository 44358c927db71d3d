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

} // namespace ferry
