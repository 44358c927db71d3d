// No request, however odd, harms the platform: it answers something and goes on serving.
#include "client.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

// What the API says to these bytes; afterwards it must still serve.
Heard say(const Fixture& fixture, const std::string& bytes) {
    Wire wire(fixture.platform.api());
    wire.send(bytes);
    const Heard heard = wire.hear();
    CHECK(fixture.client.get("/user").status == 200);
    return heard;
}

std::string get(const Fixture& fixture, const std::string& target, const std::string& headers = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\nX-SBG-Auth-Token: " + fixture.platform.token() + "\r\n" +
           headers + "\r\n";
}

} // namespace

TEST_CASE("requests that are no HTTP") {
    const Fixture fixture;
    CHECK(say(fixture, "\r\n\r\n").status == 400);
    CHECK(say(fixture, "GET\r\n\r\n").status == 400);
    CHECK(say(fixture, std::string(100'000, 'A')).status == 400);
    CHECK(say(fixture, "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n").status == 400);
    CHECK(say(fixture, get(fixture, "/v2/user", "Big: " + std::string(100'000, 'x') + "\r\n")).status == 400);
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += "H" + std::to_string(i) + ": x\r\n";
    CHECK(say(fixture, get(fixture, "/v2/user", many)).status == 400);
}

TEST_CASE("lengths that are none") {
    const Fixture fixture;
    for (const char* length : {"-1", "1e3", "99999999999999999999", "", "0x10", "+4"})
        CHECK(say(fixture, get(fixture, "/v2/user", std::string("Content-Length: ") + length + "\r\n")).status == 400);
    CHECK(say(fixture, get(fixture, "/v2/user", "Content-Length: 1\r\nContent-Length: 2\r\n")).status == 400);
    CHECK(say(fixture, get(fixture, "/v2/user", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")).status == 400);
    CHECK(say(fixture, get(fixture, "/v2/user", "Transfer-Encoding: gzip\r\n")).status == 400);
}

TEST_CASE("targets that lead nowhere") {
    const Fixture fixture;
    for (const char* target :
         {"/v2/files/%zz", "/v2/files/%", "/v2/files/..%2f..%2fetc%2fpasswd", "/v2/../etc/passwd", "//v2//user", "*",
          "/v2/files/../../x", "/v2/files/%00", "/v2/upload/multipart/..%2F..", "/v2/upload/multipart/%2e%2e/part/1",
          "/", "", "/_platform", "/_platform/../v2/user", "/v2/files?project=%", "/v2/files?&&==&project"}) {
        const Heard heard = say(fixture, get(fixture, target));
        CHECK_MESSAGE(heard.status >= 400, target);
        CHECK_MESSAGE(heard.status < 500, target);
    }
    CHECK(say(fixture, get(fixture, "http://127.0.0.1/v2/user")).status == 200);
}

TEST_CASE("bodies that are no JSON, or too much of it") {
    const Fixture fixture;
    const std::string id = fixture.client.init("x", 1);
    for (const std::string& path :
         {std::string("/upload/multipart"), "/upload/multipart/" + id, "/upload/multipart/" + id + "/part",
          "/upload/multipart/" + id + "/complete", std::string("/files"), std::string("/bulk/files/edit"),
          std::string("/bulk/files/delete")}) {
        for (const std::string& body :
             {std::string("{"), std::string("\xff\xfe"), std::string(100'000, '['), std::string("[]"),
              std::string("\"text\""), std::string("1e999"), std::string("{\"a\":1,\"a\":2}"),
              std::string(R"({"parts":[[]]})"), std::string(R"({"parts":[null]})"), std::string(R"({"items":[1]})"),
              std::string(R"({"file_ids":[{}]})"), std::string(R"({"part_number":99999999999999999999})"),
              std::string(R"({"part_number":1,"response":[]})"), std::string(R"({"name":7,"project":[]})")}) {
            const Heard heard = fixture.client.post(path, body);
            CHECK_MESSAGE(heard.status != 0, path << " " << body.substr(0, 40));
        }
    }
    CHECK(fixture.client.get("/upload/multipart/" + id).status == 200);
}

TEST_CASE("connections that stay half-open keep no one out") {
    const Fixture fixture;
    std::vector<std::unique_ptr<Wire>> half;
    for (int i = 0; i < 60; ++i) {
        half.push_back(std::make_unique<Wire>(fixture.platform.api()));
        half.back()->send(i % 2 ? "GET /v2/user HT" : "");
    }
    CHECK(fixture.client.get("/user").status == 200);
}

TEST_CASE("a client that leaves before its answer") {
    Fixture fixture;
    fixture.platform.add_faults(R"({"operation":"user","times":20,"fault":"stall","ms":1})");
    for (int i = 0; i < 20; ++i) {
        Wire wire(fixture.platform.api());
        wire.send(get(fixture, "/v2/user"));
        wire.close();
    }
    while (!fixture.platform.unused_faults().empty()) {
    }
    CHECK(fixture.client.get("/user").status == 200);
}

TEST_CASE("random bytes on both ports") {
    const Fixture fixture;
    std::mt19937 random(20240610); // the same bytes every time
    const std::string grammar = "GETPUT /v2%?&=:\r\n\r\n{}[]\",01-\xff";
    for (int round = 0; round < 300; ++round) {
        std::string bytes = round % 3 ? "" : "POST /v2/files HTTP/1.1\r\nContent-Length: 50\r\n\r\n";
        for (int i = 0; i < 80; ++i)
            bytes += grammar[random() % grammar.size()];
        Wire wire(round % 2 ? fixture.platform.api() : fixture.platform.storage());
        wire.send(bytes);
    }
    CHECK(fixture.client.get("/user").status == 200);
    CHECK(fixture.client.upload("x", {"aaaa"}).status == 200);
}
