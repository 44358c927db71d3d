#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

constexpr const char* path = "/v2/bulk/files/get";
const std::vector<std::string> two{"f1", "f2"};

} // namespace

TEST_CASE("the records of several files are asked for in one call, which may be repeated") {
    ApiFixture f;
    f.script.expect("POST", path, failure(FailureKind::lost_answer));
    f.script.expect("POST", path, answer(200, R"({"items":[
        {"resource":{"id":"f1","size":7,"type":"FOLDER","md5":"0123456789ABCDEF0123456789abcdef"}},
        {"resource":{"id":"f2","md5":"no MD5"}}]})"));
    const auto files = f.api.files(two);
    REQUIRE(files.ok());
    REQUIRE(files->size() == 2);
    REQUIRE(files->at(0).ok());
    CHECK(files->at(0)->size == 7u);
    CHECK(files->at(0)->folder);
    CHECK(files->at(0)->md5 == "0123456789abcdef0123456789abcdef");
    CHECK(files->at(1)->md5.empty());
    CHECK(f.script.requests().at(1).body == R"({"file_ids":["f1","f2"]})");
}

TEST_CASE("each file's refusal is its own, and one that goes by is tried again with a call of its own") {
    ApiFixture f;
    f.script.expect("POST", path, answer(200, R"({"items":[{"error":{"status":404,"code":5002,"message":"none"}},
                                             {"error":{"status":401,"code":5001,"message":"not yours"}}]})"));
    auto files = f.api.files(two);
    REQUIRE(files.ok());
    CHECK(files->at(0).error().kind == ErrorKind::not_found);
    CHECK(files->at(1).error().kind == ErrorKind::rights);
    CHECK(files->at(1).error().message == "the platform answered HTTP 401 (code 5001: not yours)");
    f.script.expect("POST", path, answer(200, R"({"items":[{"error":{"status":503,"code":5000}},
                                             {"error":{"status":"odd"}}]})"));
    f.script.expect("GET", "/v2/files/f1", answer(200, R"({"id":"f1","size":3})"));
    files = f.api.files(two);
    REQUIRE(files.ok());
    CHECK(files->at(0)->size == 3u);
    CHECK(files->at(1).error().kind == ErrorKind::platform);
}

TEST_CASE("an answer of another number of files, or of other ones, is none") {
    for (const char* body : {"", "{}", "[]", R"({"items":[]})", R"({"items":[{"resource":{"id":"f1"}}]})",
                             R"({"items":[{},{}]})", R"({"items":[{"resource":{"id":"f2"}},{"resource":{"id":"f1"}}]})",
                             R"({"items":[1,2]})", R"({"items":[{"resource":{}},{"resource":{}}]})"}) {
        CAPTURE(body);
        ApiFixture f;
        for (int i = 0; i < 4; ++i)
            f.script.expect("POST", path, answer(200, body));
        const auto files = f.api.files(two);
        REQUIRE_FALSE(files.ok());
        CHECK(files.error().kind == ErrorKind::platform);
        CHECK(files.error().message.starts_with("cannot read the records of 2 files: "));
    }
}

} // namespace ferry::test
