// Waiting for what a running ferry brings about by itself.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace ferry::test {

// A ferry that never does fails the test.
template <class Condition> void wait_until(Condition condition) {
    for (int i = 0; i < 6000; ++i) {
        if (condition())
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL("waited in vain");
}

} // namespace ferry::test
