// Where real platforms differ, each difference can be set (contract 9.8).
#include "client.hpp"

#include <Poco/DateTime.h>
#include <Poco/DateTimeParser.h>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

Heard signed_with(const char* name, const char* value) {
    PlatformSettings settings = small_parts();
    set(settings, name, value);
    const Fixture fixture(settings);
    return fixture.client.get("/upload/multipart/" + fixture.client.init("x", 4, 4) + "/part/1");
}

} // namespace

TEST_CASE("expires as ISO text, seconds or milliseconds") {
    CHECK(signed_with("expires", "iso").text("expires").ends_with("Z"));
    const std::int64_t seconds = signed_with("expires", "s").number("expires");
    CHECK(seconds > 1'000'000'000);
    CHECK(seconds < 100'000'000'000);
    CHECK(signed_with("expires", "ms").number("expires") > 100'000'000'000);
}

TEST_CASE("success codes at the top or in the report") {
    const std::string top = signed_with("success_codes", "top").body;
    CHECK(top.find(R"("success_codes":[200],"report":{"headers":["ETag"]})") != std::string::npos);
    const std::string inner = signed_with("success_codes", "report").body;
    CHECK(inner.find(R"("report":{"headers":["ETag"],"success_codes":[200]})") != std::string::npos);
}

TEST_CASE("complete answers 200 or 201, types come in either case") {
    PlatformSettings settings = small_parts();
    set(settings, "complete_status", "201");
    set(settings, "types", "upper");
    const Fixture fixture(settings);
    const Heard done = fixture.client.upload("x", {"aaaa"});
    CHECK(done.status == 201);
    CHECK(done.text("type") == "FILE");
}

TEST_CASE("the size announced may be left unchecked") {
    PlatformSettings settings = small_parts();
    set(settings, "enforce_size", "false");
    const Fixture fixture(settings);
    const std::string id = fixture.client.init("x", 100, 4);
    CHECK(fixture.client.complete(id, {fixture.client.put_part(id, 1, "aaaa")}).number("size") == 4);
}

TEST_CASE("/rate_limit tells its reset in either unit") {
    PlatformSettings settings;
    set(settings, "rate_reset_ms", "true");
    const Fixture fixture(settings);
    JsonObject::Ptr body = as_object(fixture.client.get("/rate_limit").json());
    CHECK(integer_of(*as_object(body->get("rate")), "reset") > 100'000'000'000);
}

TEST_CASE("a clock that is off is off in all that it tells, and the platform agrees with itself") {
    for (const char* skew : {"-24h", "-1h", "1h", "24h"}) {
        CAPTURE(skew);
        PlatformSettings settings = small_parts();
        set(settings, "clock_skew", skew);
        set(settings, "expires", "s");
        const Fixture fixture(settings);
        const std::string id = fixture.client.init("x", 4, 4);
        const Heard signed_part = fixture.client.get("/upload/multipart/" + id + "/part/1");
        const std::int64_t own = std::chrono::duration_cast<std::chrono::seconds>(
                                     (std::chrono::system_clock::now() + settings.clock_skew).time_since_epoch())
                                     .count();
        const auto near = [own](std::int64_t time, std::int64_t ahead) { return std::abs(time - ahead - own) < 600; };
        CHECK(near(signed_part.number("expires"), 3600));
        CHECK(near(std::stoll(signed_part.header("X-RateLimit-Reset")), 300));
        const Heard done = fixture.client.complete(id, {fixture.client.put_part(id, 1, "aaaa")});
        REQUIRE(done.status == 200);
        Poco::DateTime created;
        int zone = 0;
        REQUIRE(Poco::DateTimeParser::tryParse(done.text("created_on"), created, zone));
        CHECK(near(created.timestamp().epochTime(), 0));
        REQUIRE(Poco::DateTimeParser::tryParse(done.header("Date"), created, zone));
        CHECK(near(created.timestamp().epochTime(), 0));
    }
}

TEST_CASE("latency does not change what is answered") {
    PlatformSettings settings = small_parts();
    set(settings, "api_latency", "1ms");
    set(settings, "storage_latency", "1ms");
    set(settings, "host", "localhost");
    const Fixture fixture(settings);
    CHECK(fixture.platform.api().starts_with("http://localhost:"));
    CHECK(fixture.client.upload("x", {"aaaa"}).status == 200);
}

TEST_CASE("every setting by name") {
    PlatformSettings settings;
    set(settings, "part_size", "large");
    CHECK(settings.part_size == PartSizePolicy::large);
    set(settings, "part_size", "5MiB");
    CHECK(settings.part_size == PartSizePolicy::fixed);
    CHECK(settings.fixed_part_size == 5u << 20);
    set(settings, "min_part_size", "1");
    set(settings, "max_part_size", "1GiB");
    CHECK(settings.max_part_size == 1u << 30);
    set(settings, "parallel_uploads", "false");
    CHECK_FALSE(settings.parallel_uploads);
    set(settings, "refuse_twin", "true");
    CHECK(settings.refuse_twin);
    set(settings, "conflict", "rename");
    CHECK(settings.conflict == ConflictPolicy::rename);
    set(settings, "href_scheme", "http");
    CHECK(settings.href_scheme == "http");
    set(settings, "etag", "opaque");
    CHECK(settings.etag == EtagForm::opaque);
    set(settings, "clock_skew", "-1h");
    CHECK(settings.clock_skew == Milliseconds(-3'600'000));
    set(settings, "clock_skew", "+1h");
    CHECK(settings.clock_skew == Milliseconds(3'600'000));
    set(settings, "url_lifetime", "5m");
    CHECK(settings.url_lifetime == Milliseconds(300'000));
}

TEST_CASE("settings that are none say what there is") {
    PlatformSettings settings;
    CHECK_THROWS_WITH_AS(set(settings, "conflict", "never"),
                         "setting conflict must be at-init, at-complete or rename, not never", std::invalid_argument);
    CHECK_THROWS_AS(set(settings, "nonsense", "1"), std::invalid_argument);
    for (const char* name : {"part_size", "min_part_size", "parallel_uploads", "expires", "url_lifetime", "header",
                             "host", "etag", "types", "clock_skew"})
        CHECK_THROWS_AS(set(settings, name, ""), std::invalid_argument);
}

TEST_CASE("settings that cannot work are refused at once") {
    const TempDir dir;
    const auto make = [&](auto change) {
        PlatformSettings settings;
        settings.root = dir.path();
        change(settings);
        const LocalPlatform platform(settings);
    };
    CHECK_NOTHROW(make([](PlatformSettings&) {}));
    CHECK_THROWS(make([](PlatformSettings& s) { s.root.clear(); }));
    CHECK_THROWS(make([](PlatformSettings& s) { s.project = "../etc"; }));
    CHECK_THROWS(make([](PlatformSettings& s) { s.project = "noslash"; }));
    CHECK_THROWS(make([](PlatformSettings& s) { s.tls_key = "key.pem"; }));
    CHECK_THROWS(make([](PlatformSettings& s) { s.rate_calls = 0; }));
    CHECK_THROWS(make([](PlatformSettings& s) { s.root = "/dev/null/x"; }));
}

TEST_CASE("a port that is taken is an error") {
    const Fixture first;
    PlatformSettings settings;
    const TempDir dir;
    settings.root = dir.path();
    const std::string api = first.platform.api();
    settings.port = static_cast<std::uint16_t>(std::stoi(api.substr(api.rfind(':') + 1)));
    LocalPlatform second(settings);
    CHECK_THROWS(second.start());
}
