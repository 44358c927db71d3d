#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test {
namespace {

const Target in_project{.project = "me/proj", .parent = {}};

constexpr const char* look = "/v2/files?project=me%2Fproj&name=runs&limit=100&fields=_all";

std::string entries(const std::string& items) {
    return "{\"items\":[" + items + "]}";
}

} // namespace

TEST_CASE("a folder is made in a project or in a folder") {
    ApiFixture f;
    f.script.expect("POST", "/v2/files", answer(200, R"({"id":"f1","name":"runs","type":"FOLDER"})"));
    const auto made = f.api.make_folder(in_project, "runs");
    REQUIRE(made.ok());
    CHECK(made->id == "f1");
    CHECK(f.script.requests().at(0).body == R"({"project":"me/proj","name":"runs","type":"folder"})");
    f.script.expect("POST", "/v2/files", answer(201, R"({"id":"f2"})"));
    REQUIRE(f.api.make_folder({.project = {}, .parent = "f1"}, "7").ok());
    CHECK(f.script.requests().at(1).body == R"({"parent":"f1","name":"7","type":"folder"})");
}

TEST_CASE("where somebody was faster, or an answer was lost, the folder that is there is taken") {
    for (const HttpOutcome& refused : {refusal(409, 5030), refusal(400, 5030), refusal(400, 90000)}) {
        ApiFixture f;
        f.script.expect("POST", "/v2/files", failure(FailureKind::lost_answer));
        f.script.expect("POST", "/v2/files", refused);
        f.script.expect("GET", look, answer(200, entries(R"({"id":"f9","name":"runs","type":"folder"})")));
        const auto made = f.api.make_folder(in_project, "runs");
        REQUIRE(made.ok());
        CHECK(made->id == "f9");
    }
}

TEST_CASE("a listing that lags behind the folder is looked at again, but not for ever") {
    ApiFixture f;
    f.script.expect("POST", "/v2/files", refusal(409, 5030));
    f.script.expect("GET", look, answer(200, entries("")));
    f.script.expect("GET", look, answer(200, entries(R"({"id":"f9","name":"runs","type":"folder"})")));
    CHECK(f.api.make_folder(in_project, "runs")->id == "f9");
    f.script.expect("POST", "/v2/files", refusal(409, 5030));
    for (int i = 0; i < 3; ++i)
        f.script.expect("GET", look, answer(200, entries("")));
    const auto never = f.api.make_folder(in_project, "runs");
    REQUIRE_FALSE(never.ok());
    CHECK(never.error().message.find("says that it is there, and does not list it") != std::string::npos);
}

TEST_CASE("a file of that name, and every other refusal, is told") {
    ApiFixture f;
    f.script.expect("POST", "/v2/files", refusal(409, 5003));
    f.script.expect("GET", look, answer(200, entries(R"({"id":"x","name":"runs","type":"file"})")));
    const auto taken = f.api.make_folder(in_project, "runs");
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().kind == ErrorKind::conflict);
    CHECK(taken.error().message.find("a file on the platform has that name") != std::string::npos);
    f.script.expect("POST", "/v2/files", refusal(400, 5024, "bad name"));
    f.script.expect("GET", look, answer(200, entries("")));
    const auto bad = f.api.make_folder(in_project, "runs");
    REQUIRE_FALSE(bad.ok());
    CHECK(bad.error().message.find("bad name") != std::string::npos);
    f.script.expect("POST", "/v2/files", refusal(403, 3001));
    CHECK(f.api.make_folder(in_project, "runs").error().kind == ErrorKind::auth);
}

} // namespace ferry::test
