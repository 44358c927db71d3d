// The fault script at the storage port (README.md).
#include "client.hpp"

#include "model/ids.hpp"

#include <doctest/doctest.h>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

struct OnePart {
    OnePart() : fixture(small_parts()) {
        id = fixture.client.init("x", 4, 4);
        url = fixture.client.sign(id, 1);
    }
    Heard put(const std::string& fault, const std::string& body = "aaaa") {
        fixture.platform.add_faults(R"({"operation":"put","part":1,"name":"x",)" + fault + "}");
        Heard heard = fixture.client.put(url, body);
        CHECK(fixture.platform.unused_faults().empty());
        return heard;
    }
    bool stored() const { return !fixture.platform.open_uploads().front().stored.empty(); }
    Fixture fixture;
    std::string id;
    SignedUrl url;
};

bool told(const Heard& heard, const std::string& text) {
    return heard.body.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("storage's own errors") {
    OnePart one;
    const Heard slow = one.put(R"("fault":"slow_down")");
    CHECK(slow.status == 503);
    CHECK(told(slow, "<Code>SlowDown</Code>"));
    const Heard internal = one.put(R"("fault":"status","status":500)");
    CHECK(internal.status == 500);
    CHECK(told(internal, "<Code>InternalError</Code>"));
    CHECK(told(one.put(R"("fault":"status","status":400)"), "<Code>RequestTimeout</Code>"));
    CHECK(told(one.put(R"("fault":"status","status":403,"storage_code":"ExpiredToken")"), "ExpiredToken"));
    CHECK(told(one.put(R"("fault":"html")"), "<html>"));
    CHECK(told(one.put(R"("fault":"expired_url")"), "Request has expired"));
    CHECK_FALSE(one.stored());
}

TEST_CASE("a URL that is signed out of date is refused when used") {
    OnePart one;
    one.fixture.platform.add_faults(R"({"operation":"sign","fault":"expired_url"})");
    const SignedUrl old = one.fixture.client.sign(one.id, 1);
    CHECK(told(one.fixture.client.put(old, "aaaa"), "Request has expired"));
    CHECK(one.fixture.client.put(one.fixture.client.sign(one.id, 1), "aaaa").status == 200);
}

TEST_CASE("resets before, within and after the body") {
    OnePart one;
    const std::string big(2'000'000, 'x');
    for (const char* fault : {R"("fault":"reset")", R"("fault":"reset","after_bytes":1000000)"}) {
        const Heard heard = one.put(fault, big);
        CHECK(heard.status == 0);
        CHECK(heard.reset);
        CHECK_FALSE(one.stored());
    }
    const Heard lost = one.put(R"("fault":"lost_answer")", big);
    CHECK(lost.status == 0);
    CHECK(lost.reset);
    CHECK(one.fixture.platform.open_uploads().front().stored == std::map<std::uint32_t, std::uint64_t>{{1, 2'000'000}});
}

TEST_CASE("ETags that are missing, wrong or cut") {
    OnePart one;
    CHECK(one.put(R"("fault":"missing_etag")").find("ETag") == nullptr);
    const std::string right = "\"" + md5_hex("aaaa") + "\"";
    const std::string wrong = one.put(R"("fault":"wrong_etag")").header("ETag");
    CHECK(wrong.size() == right.size());
    CHECK(wrong != right);
    CHECK(one.put(R"("fault":"truncated_etag")").header("ETag") == right.substr(0, 17) + "\"");
}

TEST_CASE("bytes that rot on the way show in the ETag and in the file") {
    OnePart one;
    const std::string etag = one.put(R"("fault":"corrupt")").header("ETag");
    CHECK(etag == "\"" + md5_hex("`aaa") + "\"");
    CHECK(one.fixture.client.complete(one.id, {etag}).status == 200);
    CHECK(one.fixture.stored("x") == "`aaa");
}

TEST_CASE("an early refusal comes before the body has been sent") {
    OnePart one;
    one.fixture.platform.add_faults(R"({"operation":"put","fault":"early_403"})");
    Wire wire(one.url.url);
    wire.send("PUT " + one.url.url.substr(one.url.url.find('/', 8)) +
              " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n");
    const Heard heard = wire.hear();
    CHECK(heard.status == 403);
    CHECK(heard.header("Connection") == "close");
    CHECK_FALSE(one.stored());
}

TEST_CASE("an upload that vanishes under its part") {
    OnePart one;
    const Heard heard = one.put(R"("fault":"vanish")");
    CHECK(heard.status == 404);
    CHECK(told(heard, "NoSuchUpload"));
    CHECK(one.fixture.platform.open_upload_count() == 0);
}

TEST_CASE("slow bodies and slow answers arrive whole") {
    OnePart one;
    CHECK(one.put(R"("fault":"slow_read","bytes_per_second":4000)").status == 200);
    CHECK(one.put(R"("fault":"drip","ms":0)").header("ETag") == "\"" + md5_hex("aaaa") + "\"");
    CHECK(one.put(R"("fault":"stall","ms":1,"after_bytes":2)").status == 200);
    CHECK(one.put(R"("fault":"stall","ms":1,"performed":true)").status == 200);
    CHECK(one.put(R"("fault":"truncated")").status == 0); // without a body, half of the head
    CHECK(one.put(R"("fault":"garbage")").status == 0);
}

TEST_CASE("forty stalled PUTs do not keep others from being served") {
    OnePart one;
    one.fixture.platform.add_faults(R"({"operation":"put","part":1,"times":40,"fault":"stall"})");
    std::vector<std::unique_ptr<Wire>> stalled;
    for (int i = 0; i < 40; ++i) {
        stalled.push_back(std::make_unique<Wire>(one.url.url));
        stalled.back()->send("PUT " + one.url.url.substr(one.url.url.find('/', 8)) +
                             " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\naaaa");
    }
    while (!one.fixture.platform.unused_faults().empty()) {
    }
    CHECK(one.fixture.client.put(one.fixture.client.sign(one.id, 2), "bb").status == 200);
    CHECK(one.fixture.platform.counters().max_concurrent_puts == 41);
    one.fixture.platform.stop();
    CHECK(stalled.front()->hear().status == 0);
}
