#include "base/cancel.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace ferry::test {

TEST_CASE("a token starts uncancelled and stays cancelled") {
    CancelToken token;
    CHECK_FALSE(token.cancelled());
    token.cancel();
    CHECK(token.cancelled());
    token.cancel();
    CHECK(token.cancelled());
}

TEST_CASE("cancelling wakes each live registration once") {
    CancelToken token;
    int first = 0;
    int second = 0;
    int gone = 0;
    const CancelToken::Registration one(token, [&] { ++first; });
    const CancelToken::Registration two(token, [&] { ++second; });
    {
        const CancelToken::Registration short_lived(token, [&] { ++gone; });
    }
    token.cancel();
    token.cancel();
    CHECK(first == 1);
    CHECK(second == 1);
    CHECK(gone == 0);
}

TEST_CASE("registering with a cancelled token wakes at once") {
    CancelToken token;
    token.cancel();
    int woken = 0;
    const CancelToken::Registration late(token, [&] { ++woken; });
    CHECK(woken == 1);
}

TEST_CASE("registrations come and go on other threads while the token is cancelled") {
    CancelToken token;
    std::atomic<int> woken{0};
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            while (!stop) {
                // What the callback touches dies right after the registration: the destructor must wait for it.
                auto touched = std::make_unique<int>(0);
                const CancelToken::Registration registration(token, [&] { woken += ++*touched; });
            }
        });
    token.cancel();
    while (woken < 4)
        std::this_thread::yield();
    stop = true;
    for (std::thread& thread : threads)
        thread.join();
    CHECK(token.cancelled());
}

} // namespace ferry::test
