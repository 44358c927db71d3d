// The platform's rate limit: a fixed window, begun by its first call. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace ferry::bench {

class Quota {
  public:
    Quota(std::uint64_t calls, std::uint64_t seconds) : calls_(calls), seconds_(seconds) {}

    bool take(std::string& headers); // false: used up. Adds what the platform tells with every answer.

  private:
    const std::uint64_t calls_;
    const std::uint64_t seconds_;
    std::mutex mutex_;
    std::uint64_t used_ = 0;
    std::int64_t end_ms_ = 0;
};

} // namespace ferry::bench
