#include "http/resolver.hpp"

#include <doctest/doctest.h>
#include <latch>
#include <memory>
#include <netinet/in.h>
#include <stdexcept>
#include <thread>

namespace ferry::test {

using namespace std::chrono_literals;

namespace {

const std::string what = "name.example:443";

// A look-up that hangs until the test's end, as with a dead name server. Its thread may outlive the test.
class HangingLookup {
  public:
    ~HangingLookup() { state_->end.count_down(); }
    void wait_until_begun() { state_->begun.wait(); }
    LookupFunction function() {
        return [state = state_](const std::string&, std::uint16_t) {
            state->begun.count_down();
            state->end.wait();
            return LookupResult{{}, "too late"};
        };
    }

  private:
    struct State {
        std::latch begun{1};
        std::latch end{1};
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

LookupResult no_lookup(const std::string&, std::uint16_t) {
    return {{}, "an address needs no look-up"};
}

} // namespace

TEST_CASE("addresses are taken as they are") {
    CancelToken cancel;
    Waiter waiter(cancel);
    Patience patience(1h);
    const auto v4 = resolve("192.0.2.7", 8080, what, waiter, patience, no_lookup);
    REQUIRE(std::holds_alternative<std::vector<Address>>(v4));
    const auto& address = std::get<std::vector<Address>>(v4).at(0);
    CHECK(address.get()->sa_family == AF_INET);
    CHECK(reinterpret_cast<const sockaddr_in*>(address.get())->sin_port == htons(8080));
    CHECK(reinterpret_cast<const sockaddr_in*>(address.get())->sin_addr.s_addr == htonl(0xC0000207));
    const auto v6 = resolve("::1", 1, what, waiter, patience, no_lookup);
    REQUIRE(std::holds_alternative<std::vector<Address>>(v6));
    CHECK(std::get<std::vector<Address>>(v6).at(0).get()->sa_family == AF_INET6);
}

TEST_CASE("a look-up that hangs is left behind on cancel") {
    HangingLookup hanging;
    CancelToken cancel;
    Waiter waiter(cancel);
    std::thread canceller([&] {
        hanging.wait_until_begun();
        cancel.cancel();
    });
    Patience patience(1h);
    const auto outcome = resolve("name.example", 443, what, waiter, patience, hanging.function());
    canceller.join();
    REQUIRE(std::holds_alternative<HttpFailure>(outcome));
    CHECK(std::get<HttpFailure>(outcome).kind == FailureKind::cancelled);
}

TEST_CASE("a look-up that hangs is left behind when its time is over") {
    HangingLookup hanging;
    CancelToken cancel;
    Waiter waiter(cancel);
    Patience patience(20ms);
    const auto outcome = resolve("name.example", 443, what, waiter, patience, hanging.function());
    REQUIRE(std::holds_alternative<HttpFailure>(outcome));
    CHECK(std::get<HttpFailure>(outcome).kind == FailureKind::no_connection);
    CHECK(std::get<HttpFailure>(outcome).message.find(what) != std::string::npos);
}

TEST_CASE("why there is no address is told, whatever the look-up does") {
    CancelToken cancel;
    Waiter waiter(cancel);
    Patience patience(1h);
    const auto told = resolve("name.example", 443, what, waiter, patience, [](const std::string&, std::uint16_t) {
        return LookupResult{{}, "Name or service not known"};
    });
    REQUIRE(std::holds_alternative<HttpFailure>(told));
    CHECK(std::get<HttpFailure>(told).message.find("Name or service not known") != std::string::npos);
    const auto thrown =
        resolve("name.example", 443, what, waiter, patience,
                [](const std::string&, std::uint16_t) -> LookupResult { throw std::runtime_error("out of threads"); });
    REQUIRE(std::holds_alternative<HttpFailure>(thrown));
    CHECK(std::get<HttpFailure>(thrown).message.find("out of threads") != std::string::npos);
}

TEST_CASE("the system's look-up knows localhost") {
    const LookupResult found = system_lookup("localhost", 80);
    REQUIRE(!found.addresses.empty());
    CHECK(found.addresses[0].length >= sizeof(sockaddr_in));
}

} // namespace ferry::test
