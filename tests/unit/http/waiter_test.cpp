#include "http/waiter.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>

namespace ferry::test {

using namespace std::chrono_literals;

TEST_CASE("patience is spent by waiting, slice by slice") {
    Patience patience(2500ms);
    CHECK(patience.slice() == 1s);
    patience.spend(1s);
    patience.spend(1s);
    CHECK(patience.slice() == 500ms);
    CHECK(!patience.spent());
    patience.spend(500ms);
    CHECK(patience.spent());
    CHECK(patience.used() == 2500ms);
    patience.rearm();
    CHECK(patience.left() == 2500ms);
}

TEST_CASE("a process that slept for an hour in one slice has waited for that slice alone") {
    Patience patience(60s);
    patience.spend(1h);
    CHECK(patience.left() == 59s);
    CHECK(!patience.spent());
}

TEST_CASE("a descriptor that is ready wins over patience that is not") {
    CancelToken cancel;
    Waiter waiter(cancel);
    REQUIRE(waiter.usable());
    const Descriptor event(::eventfd(1, EFD_CLOEXEC));
    Patience patience(1h);
    CHECK(waiter.wait(event.get(), POLLIN, patience) == Wake::ready);
    Patience none(0s);
    CHECK(waiter.wait(event.get(), POLLIN, none) == Wake::timeout);
}

TEST_CASE("time runs out on a descriptor that stays silent") {
    CancelToken cancel;
    Waiter waiter(cancel);
    const Descriptor event(::eventfd(0, EFD_CLOEXEC));
    Patience patience(5ms);
    CHECK(waiter.wait(event.get(), POLLIN, patience) == Wake::timeout);
    CHECK(patience.spent());
}

TEST_CASE("cancel ends a wait, before it began as well") {
    CancelToken cancel;
    Waiter before(cancel);
    cancel.cancel();
    Waiter after(cancel);
    const Descriptor event(::eventfd(0, EFD_CLOEXEC));
    Patience patience(1h);
    CHECK(before.wait(event.get(), POLLIN, patience) == Wake::cancelled);
    CHECK(after.wait(event.get(), POLLIN, patience) == Wake::cancelled);
    CHECK(after.cancelled());
}

TEST_CASE("times as text") {
    CHECK(to_text(30s) == "30 s");
    CHECK(to_text(200ms) == "200 ms");
    CHECK(to_text(1500ms) == "1500 ms");
}

} // namespace ferry::test
