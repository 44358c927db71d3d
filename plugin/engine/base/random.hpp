// Jitter from a generator of our own, seeded by the system.
#pragma once

#include "base/clock.hpp"

#include <mutex>
#include <random>

namespace ferry {

class SystemRandom final : public Random {
  public:
    SystemRandom() : engine_(std::random_device{}()) {}
    double next() override {
        std::lock_guard lock(mutex_);
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine_);
    }

  private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

} // namespace ferry
