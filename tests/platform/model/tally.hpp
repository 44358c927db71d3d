// The counters, shared by all connections.
#pragma once

#include "local_platform.hpp"

#include <algorithm>
#include <mutex>

namespace ferry::platform {

class Tally {
  public:
    // Changes the counters in one piece: `change` gets them.
    template <class Change> void add(Change change) {
        const std::lock_guard lock(mutex_);
        change(counters_);
    }
    Counters get() const {
        const std::lock_guard lock(mutex_);
        return counters_;
    }
    void reset() {
        const std::lock_guard lock(mutex_);
        counters_ = {};
    }

    // One PUT under way, for as long as it lives.
    class UnderWay {
      public:
        explicit UnderWay(Tally& tally) : tally_(tally) {
            const std::lock_guard lock(tally_.mutex_);
            ++tally_.counters_.puts;
            ++tally_.under_way_;
            tally_.counters_.max_concurrent_puts = std::max(tally_.counters_.max_concurrent_puts, tally_.under_way_);
        }
        ~UnderWay() {
            const std::lock_guard lock(tally_.mutex_);
            --tally_.under_way_;
        }
        UnderWay(const UnderWay&) = delete;
        UnderWay& operator=(const UnderWay&) = delete;

      private:
        Tally& tally_;
    };

  private:
    mutable std::mutex mutex_;
    Counters counters_;
    std::uint64_t under_way_ = 0;
};

} // namespace ferry::platform
