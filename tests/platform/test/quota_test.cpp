// Who may call, and how often (contract, sections 1 and 2).
#include "client.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

PlatformSettings three_calls(Milliseconds window) {
    PlatformSettings settings;
    settings.rate_calls = 3;
    settings.rate_window = window;
    return settings;
}

} // namespace

TEST_CASE("every answer carries the rate, an id and the date") {
    Fixture fixture;
    const auto check = [](const Heard& heard, int status, const std::string& what) {
        CHECK_MESSAGE(heard.status == status, what);
        for (const char* name :
             {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id", "Date"})
            CHECK_MESSAGE(!heard.header(name).empty(), what << " lacks " << name);
    };
    check(fixture.client.get("/user"), 200, "a read");
    check(fixture.client.get("/files/none"), 404, "an unknown file");
    check(fixture.client.get("/"), 200, "the root");
    check(fixture.client.get("/nothing/here"), 404, "an unknown path");
    CHECK(fixture.client.get("/user").header("X-RateLimit-Remaining") == "996");
    check(fixture.client.api("DELETE", "/user"), 405, "a wrong method");
    check(fixture.client.get("/files?name=" + std::string(9000, 'x')), 414, "a long URL");
    check(fixture.client.send(fixture.platform.api() + "/user", "GET", {}, std::nullopt), 401, "no token");
    const std::string file = fixture.platform.add_file("me/my-project", "f", "x").id;
    check(fixture.client.api("DELETE", "/files/" + file), 204, "an answer without a body");
    fixture.platform.add_faults(R"({"operation":"user","fault":"status","status":500})");
    check(fixture.client.get("/user"), 500, "a failure");
    const Fixture tight(three_calls(Milliseconds(3'600'000)));
    for (int i = 0; i < 3; ++i)
        tight.client.get("/user");
    check(tight.client.get("/user"), 429, "a refusal");
}

TEST_CASE("the reset is a whole second, at which the window is over") {
    const Fixture fixture(three_calls(Milliseconds(300)));
    for (int i = 0; i < 3; ++i) {
        const std::string told = fixture.client.get("/user").header("X-RateLimit-Reset");
        CHECK(told.find_first_not_of("0123456789") == std::string::npos);
        const auto reset = std::chrono::system_clock::time_point(std::chrono::seconds(std::stoll(told)));
        CHECK(reset > std::chrono::system_clock::now() - std::chrono::seconds(5));
        CHECK(reset < std::chrono::system_clock::now() + std::chrono::milliseconds(1'301));
        std::this_thread::sleep_until(reset);
        CHECK(fixture.client.get("/user").header("X-RateLimit-Remaining") == "2"); // the first of a window
    }
}

TEST_CASE("the token comes in either header, and must be right") {
    const Fixture fixture;
    const auto with = [&](const Headers& headers) {
        return fixture.client.send(fixture.platform.api() + "/user", "GET", headers, std::nullopt);
    };
    const std::string token = fixture.platform.token();
    CHECK(token.size() == 32);
    CHECK(with({{"x-sbg-auth-token", token}}).status == 200);
    CHECK(with({{"Authorization", "Bearer " + token}}).status == 200);
    for (const Headers& headers :
         {Headers{}, Headers{{"X-SBG-Auth-Token", "wrong"}}, Headers{{"Authorization", "Basic " + token}}}) {
        const Heard heard = with(headers);
        CHECK(heard.status == 401);
        CHECK(heard.code() == 90001);
        CHECK(heard.number("status") == 401);
    }
    CHECK(fixture.platform.counters().unauthorized == 3);
    const Heard root = fixture.client.send(fixture.platform.api() + "/", "GET", {}, std::nullopt);
    CHECK(root.status == 200);
    CHECK(root.text("upload_url") == fixture.platform.api() + "/upload");
}

TEST_CASE("calls beyond the window's are refused; asking for the rate is free") {
    const Fixture fixture(three_calls(Milliseconds(3'600'000)));
    CHECK(fixture.client.get("/rate_limit").status == 200);
    for (int i = 2; i >= 0; --i)
        CHECK(fixture.client.get("/user").header("X-RateLimit-Remaining") == std::to_string(i));
    const Heard heard = fixture.client.get("/user");
    CHECK(heard.status == 429);
    CHECK(heard.code() == 1000);
    CHECK(heard.header("X-RateLimit-Remaining") == "0");
    const Heard rate = fixture.client.get("/rate_limit");
    CHECK(rate.status == 200);
    JsonObject::Ptr body = as_object(rate.json());
    CHECK(integer_of(*as_object(body->get("rate")), "remaining") == 0);
    CHECK(std::to_string(*integer_of(*as_object(body->get("rate")), "reset")) == heard.header("X-RateLimit-Reset"));
    CHECK(integer_of(*as_object(body->get("instance_limit")), "remaining") == 9223372036854775807);
    CHECK(fixture.platform.counters().rate_limited == 1);
    CHECK(fixture.platform.counters().of("user") == 4);
    CHECK(fixture.platform.counters().of("rate_limit") == 2);
    CHECK(fixture.platform.counters().api_calls == 6);
}

TEST_CASE("a window ends") {
    const Fixture fixture(three_calls(Milliseconds(50)));
    // However the calls fall into windows, some are refused and some later one is not.
    int served = 0;
    int refused = 0;
    while ((refused == 0 || served < 4) && served + refused < 100'000)
        (fixture.client.get("/user").status == 200 ? served : refused) += 1;
    CHECK(refused > 0);
    CHECK(served >= 4);
}

TEST_CASE("unknown paths and wrong methods") {
    const Fixture fixture;
    CHECK(fixture.client.get("/nothing").code() == 90003);
    CHECK(fixture.client.api("DELETE", "/user").code() == 90006);
    CHECK(fixture.client.api("DELETE", "/user").status == 405);
    const Heard type = fixture.client.send(
        fixture.platform.api() + "/files", "POST",
        {{"X-SBG-Auth-Token", fixture.platform.token()}, {"Content-Type", "application/x-www-form-urlencoded"}}, "a=b");
    CHECK(type.status == 415);
    CHECK(type.code() == 90008);
    CHECK(fixture.client.get("/files?project=me/my-project&name=" + std::string(9000, 'x')).status == 414);
}

TEST_CASE("the admin paths count nothing and need no token") {
    Fixture fixture;
    fixture.client.get("/user");
    const std::string admin = fixture.platform.api().substr(0, fixture.platform.api().size() - 3) + "/_platform/";
    const auto ask = [&](const char* method, const char* what, const std::optional<std::string>& body) {
        return fixture.client.send(admin + what, method, {}, body);
    };
    const Heard counters = ask("GET", "counters", std::nullopt);
    CHECK(counters.number("api_calls") == 1);
    CHECK(counters.body.find(R"("calls":{"user":1})") != std::string::npos);
    CHECK(ask("DELETE", "counters", std::nullopt).number("api_calls") == 0);
    CHECK(ask("GET", "counters", std::nullopt).number("api_calls") == 0);
    CHECK(ask("POST", "faults", R"({"operation":"user","fault":"status","status":500})").status == 200);
    CHECK(ask("GET", "faults", std::nullopt).body.find("\"user\"") != std::string::npos);
    CHECK(fixture.client.get("/user").status == 500);
    CHECK(ask("GET", "faults", std::nullopt).body == "[]");
    CHECK(ask("POST", "faults", "{}").status == 400);
    CHECK(ask("GET", "nothing", std::nullopt).status == 404);
    fixture.platform.reset_counters();
    CHECK(fixture.platform.counters().calls.empty());
}
