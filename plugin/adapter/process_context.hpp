// What all upload tasks of the process share: clock, quota per token, the arena of part slots, TLS and proxy settings.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/status.hpp"
#include "hash/part_hasher.hpp"
#include "host_bridge.hpp"
#include "http/http_transport.hpp"
#include "platform/network_settings.hpp"
#include "platform/quota_gate.hpp"
#include "transfer/slot_arena.hpp"
#include "transfer/storage_gate.hpp"
#include "transfer/storage_pace.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace ferry {

// Made by the plugin's open(). Thread-safe.
class ProcessContext {
  public:
    SystemClock& clock() { return clock_; }
    SystemRandom& random() { return random_; }
    QuotaRegistry& quotas() { return quotas_; }
    SlotArena& arena() { return arena_; }
    StoragePace& pace() { return pace_; }
    PartHasher& hasher() { return hasher_; }
    CancelWatcher& watcher() { return watcher_; }
    // The way to storage that all rows of a batch share: as many places as the step that asked for most.
    StorageGate& row_gate(int places);
    // Proxies and certificates, as environment and config file had them at the first call.
    const NetworkSettings& network();
    Result<TransportFactory*> transports();
    // True once for each text: what is worth a warning is so for all steps and rows of the process.
    bool first_time(const std::string& warning);

  private:
    SystemClock clock_;
    SystemRandom random_;
    QuotaRegistry quotas_{clock_, random_};
    SlotArena arena_;
    StoragePace pace_;
    PartHasher hasher_;
    std::mutex mutex_;
    std::unique_ptr<StorageGate> row_gate_;
    std::optional<NetworkSettings> network_;
    std::unique_ptr<TransportFactory> transports_;
    std::set<std::string> warned_;
    CancelWatcher watcher_;
};

} // namespace ferry
