// The fault script at the API (README.md).
#include "client.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace ferry::test;
using namespace ferry::platform;

TEST_CASE("a status comes with the platform's code for the operation") {
    Fixture fixture(small_parts());
    const std::string id = fixture.client.init("x", 4, 4);
    const auto sign = [&](const std::string& fault) {
        fixture.platform.add_faults(R"({"operation":"sign",)" + fault + "}");
        return fixture.client.get("/upload/multipart/" + id + "/part/1");
    };
    const auto answer = [](const Heard& heard) { return std::pair(heard.status, heard.code()); };
    CHECK(answer(sign(R"("fault":"status","status":409)")) == std::pair(409, 8008));
    CHECK(answer(sign(R"("fault":"status","status":404)")) == std::pair(404, 8003));
    CHECK(answer(sign(R"("fault":"status","status":503)")) == std::pair(503, 8000));
    CHECK(answer(sign(R"("fault":"status","status":403,"code":8001)")) == std::pair(403, 8001));
    CHECK(answer(sign(R"("fault":"maintenance")")) == std::pair(503, 0));
    const Heard html = sign(R"("fault":"html")");
    CHECK(html.status == 503);
    CHECK(html.header("Content-Type") == "text/html");
    CHECK(html.body.starts_with("<html>"));
    const Heard empty = sign(R"("fault":"status","status":502,"body":"empty","retry_after":7)");
    CHECK(empty.status == 502);
    CHECK(empty.body.empty());
    CHECK(empty.header("Retry-After") == "7");
    const Heard redirect = sign(R"("fault":"status","status":307,"headers":{"Location":"http://other.example/"})");
    CHECK(redirect.header("Location") == "http://other.example/");
    CHECK(fixture.platform.unused_faults().empty());
    CHECK(fixture.client.get("/upload/multipart/" + id + "/part/1").status == 200);
}

TEST_CASE("429 with and without the rate headers") {
    Fixture fixture;
    fixture.platform.add_faults(R"([{"operation":"user","fault":"rate_limited","reset_in_ms":0},
                                    {"operation":"user","fault":"rate_limited","rate_headers":false}])");
    const Heard with = fixture.client.get("/user");
    CHECK(with.status == 429);
    CHECK(with.code() == 1000);
    CHECK(with.header("X-RateLimit-Remaining") == "0");
    CHECK_FALSE(with.header("X-RateLimit-Reset").empty());
    const Heard without = fixture.client.get("/user");
    CHECK(without.status == 429);
    CHECK(without.find("X-RateLimit-Limit") == nullptr);
    CHECK(without.find("X-RateLimit-Reset") == nullptr);
    CHECK(fixture.platform.counters().rate_limited == 0);
}

TEST_CASE("rules choose by operation, part and name, after K others, M times") {
    Fixture fixture(small_parts());
    const std::string one = fixture.client.init("one", 8, 4);
    const std::string two = fixture.client.init("two", 8, 4);
    const auto sign = [&](const std::string& id, int part) {
        return fixture.client.get("/upload/multipart/" + id + "/part/" + std::to_string(part)).status;
    };
    fixture.platform.add_faults(R"({"operation":"sign","part":2,"name":"two","after":1,"times":2,
                                    "fault":"status","status":500})");
    CHECK(sign(one, 2) == 200);
    CHECK(sign(two, 1) == 200);
    CHECK(sign(two, 2) == 200);
    CHECK(sign(two, 2) == 500);
    CHECK(fixture.platform.unused_faults().size() == 1);
    CHECK(sign(two, 2) == 500);
    CHECK(fixture.platform.unused_faults().empty());
    CHECK(sign(two, 2) == 200);

    fixture.platform.add_faults(R"({"operation":"api","times":0,"fault":"status","status":502})");
    CHECK(fixture.platform.unused_faults().size() == 1);
    CHECK(sign(one, 1) == 502);
    CHECK(fixture.client.get("/user").status == 502);
    CHECK(fixture.platform.unused_faults().empty());
}

TEST_CASE("a rule may hold for a time from its first use on") {
    Fixture fixture;
    fixture.platform.add_faults(R"([{"operation":"user","for_ms":0,"fault":"status","status":500},
                                    {"operation":"projects","for_ms":3600000,"fault":"status","status":500}])");
    CHECK(fixture.platform.unused_faults().size() == 2);
    CHECK(fixture.client.get("/user").status == 500);
    CHECK(fixture.client.get("/user").status == 200);
    for (int i = 0; i < 3; ++i)
        CHECK(fixture.client.get("/projects").status == 500);
    CHECK(fixture.platform.unused_faults().empty());
    CHECK(fixture.platform.fired_faults() == 4);
}

TEST_CASE("init is chosen by the name in its body") {
    Fixture fixture;
    fixture.platform.add_faults(R"({"operation":"init","name":"b","fault":"status","status":500})");
    const auto init = [&](const char* name) {
        return fixture.client
            .post("/upload/multipart", R"({"project":"me/my-project","name":")" + std::string(name) + "\"}")
            .status;
    };
    CHECK(init("a") == 200);
    CHECK(init("b") == 500);
    CHECK(fixture.platform.open_upload_count() == 1);
}

TEST_CASE("a lost answer is of work that was done") {
    Fixture fixture(small_parts());
    fixture.platform.add_faults(
        R"([{"operation":"init","fault":"lost_answer"},{"operation":"complete","fault":"lost_answer"}])");
    const Heard lost = fixture.client.post("/upload/multipart", R"({"project":"me/my-project","name":"x","size":4})");
    CHECK(lost.status == 0);
    CHECK(lost.reset);
    REQUIRE(fixture.platform.open_upload_count() == 1);
    const std::string id = fixture.platform.open_uploads().front().upload_id;
    const Heard done = fixture.client.complete(id, {fixture.client.put_part(id, 1, "aaaa")});
    CHECK(done.reset);
    CHECK(fixture.stored("x") == "aaaa");
    CHECK(fixture.client.get("/upload/multipart/" + id).code() == 8003);
}

TEST_CASE("a reset is of work that was not done") {
    Fixture fixture;
    fixture.platform.add_faults(R"({"operation":"init","fault":"reset"})");
    CHECK(fixture.client.post("/upload/multipart", R"({"project":"me/my-project","name":"x"})").reset);
    CHECK(fixture.platform.open_upload_count() == 0);
    CHECK(fixture.platform.counters().of("init") == 1);
}

TEST_CASE("answers that are cut, no HTTP, dripped or called something else") {
    Fixture fixture;
    fixture.platform.add_faults(R"([{"operation":"user","fault":"truncated"},
                                    {"operation":"user","fault":"garbage"},
                                    {"operation":"user","fault":"drip","ms":0},
                                    {"operation":"user","fault":"content_type","content_type":"text/plain"}])");
    const Heard half = fixture.client.get("/user");
    CHECK(half.status == 200);
    CHECK(half.cut);
    CHECK_FALSE(half.body.empty());
    const Heard garbage = fixture.client.get("/user");
    CHECK(garbage.status == 0);
    CHECK_FALSE(garbage.reset);
    const Heard dripped = fixture.client.get("/user");
    CHECK(dripped.text("username") == "me");
    const Heard plain = fixture.client.get("/user");
    CHECK(plain.header("Content-Type") == "text/plain");
    CHECK(plain.text("username") == "me");
}

TEST_CASE("a stall ends by itself, or with the client, or with the platform") {
    Fixture fixture;
    fixture.platform.add_faults(R"([{"operation":"user","fault":"stall","ms":1},
                                    {"operation":"create_folder","fault":"stall","ms":1,"performed":true},
                                    {"operation":"user","fault":"stall","times":2}])");
    CHECK(fixture.client.get("/user").status == 200);
    CHECK(fixture.client.post("/files", R"({"name":"d","type":"folder","project":"me/my-project"})").status == 200);
    const std::string request =
        "GET /v2/user HTTP/1.1\r\nHost: x\r\nX-SBG-Auth-Token: " + fixture.platform.token() + "\r\n\r\n";
    {
        Wire impatient(fixture.platform.api());
        impatient.send(request);
    }
    Wire patient(fixture.platform.api());
    patient.send(request);
    while (!fixture.platform.unused_faults().empty()) {
    }
    fixture.platform.stop();
    CHECK(patient.hear().status == 0);
}

TEST_CASE("the upload vanishes, the file is renamed, the size is wrong") {
    Fixture fixture(small_parts());
    fixture.platform.add_faults(R"([{"operation":"sign","name":"gone","fault":"vanish"},
                                    {"operation":"init","name":"early","fault":"rename"},
                                    {"operation":"complete","name":"late","fault":"rename"},
                                    {"operation":"complete","name":"big","fault":"wrong_size"}])");
    const std::string gone = fixture.client.init("gone", 4, 4);
    CHECK(fixture.client.get("/upload/multipart/" + gone + "/part/1").code() == 8003);
    CHECK(fixture.platform.open_upload_count() == 0);
    CHECK(fixture.client.upload("early", {"aaaa"}).text("name") == "_1_early");
    CHECK(fixture.client.upload("late", {"aaaa"}).text("name") == "_1_late");
    CHECK(fixture.client.upload("big", {"aaaa"}).number("size") == 5);
    CHECK(fixture.platform.stored("me/my-project", "big").size == 4);
    CHECK(fixture.platform.unused_faults().empty());
}

TEST_CASE("rules that say nothing sensible are refused as a whole") {
    Fixture fixture;
    for (const char* rules : {
             "",
             "3",
             "[3]",
             "{}",
             R"({"operation":"user"})",
             R"({"operation":"nothing","fault":"reset"})",
             R"({"operation":"user","fault":"explode"})",
             R"({"operation":"user","fault":"reset","tiems":2})",
             R"({"operation":"user","fault":"reset","times":-1})",
             R"({"operation":"user","fault":"reset","for_ms":1,"times":1})",
             R"({"operation":"user","fault":"reset","part":"1"})",
             R"({"operation":"user","fault":"status","status":99})",
             R"({"operation":"user","fault":"status","body":1})",
             R"({"operation":"user","fault":"missing_etag"})",
             R"({"operation":"user","fault":"refuse","port":"other"})",
             R"({"operation":"put","fault":"rename"})",
             R"({"operation":"put","fault":"slow_read","bytes_per_second":0})",
             R"([{"operation":"user","fault":"reset"},{"operation":"user","fault":"explode"}])",
         })
        CHECK_THROWS_AS(fixture.platform.add_faults(rules), std::invalid_argument);
    CHECK(fixture.platform.unused_faults().empty());
    CHECK(fixture.client.get("/user").status == 200);
}
