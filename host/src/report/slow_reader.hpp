// A reader of a pipe or terminal that takes its time, or never reads at all.
#pragma once

#include "stop.hpp"

namespace ferry {

class SlowReader {
  public:
    // `stop` may be null: then it is waited for without an end.
    explicit SlowReader(const StopFlag* stop) : stop_(stop) {}

    // Waits for room. False once there is a stop, and the reader has had half a second in all to take what is left.
    bool wait_for_room(int fd);

  private:
    const StopFlag* stop_;
    int ticks_after_stop_ = 0;
};

} // namespace ferry
