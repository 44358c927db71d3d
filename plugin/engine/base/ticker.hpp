// Does something small again and again beside a call that may block for long.
#pragma once

#include "base/clock.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace ferry {

// Runs `tick` on a thread of its own, by the machine's clock, every `interval` from the first one on until the end of
// the ticker. Where there is no thread to be had, or a tick throws, there are no ticks: they are a help, no more.
class Ticker {
  public:
    Ticker(Duration interval, std::function<void()> tick);
    ~Ticker();
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

  private:
    void run() noexcept;

    const Duration interval_;
    const std::function<void()> tick_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;
};

} // namespace ferry
