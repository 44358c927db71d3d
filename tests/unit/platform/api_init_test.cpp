#include "api_fixture.hpp"
#include "document/strict_json.hpp"

#include <Poco/JSON/Object.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

const std::string created =
    R"({"href":"https://x/v2/upload/multipart/up1","project":"me/proj","name":"x.bam","size":100,
    "upload_id":"up1","part_size":5242880,"parallel_uploads":true})";

Poco::JSON::Object::Ptr object(const std::string& json) {
    const JsonResult parsed = parse_json(json);
    return std::get<Poco::Dynamic::Var>(parsed).extract<Poco::JSON::Object::Ptr>();
}

std::string open_upload(const std::string& id, const std::string& more,
                        const std::string& initiated = "2026-01-01T00:00:00Z") {
    return R"({"upload_id":")" + id + R"(","name":"x.bam","initiated":")" + initiated + "\"," + more + "}";
}

std::string list(const std::string& items) {
    return R"({"items":[)" + items + "]}";
}

const std::string in_project = R"("project":"me/proj")";

// A lost init, then this list of open uploads.
void lose_init(ApiFixture& f, const std::string& items) {
    f.script.expect("POST", "/v2/upload/multipart", failure(FailureKind::lost_answer));
    f.script.expect("GET", "/v2/upload/multipart", answer(200, list(items)));
}

} // namespace

TEST_CASE("an upload is started with what the contract names and nothing else") {
    ApiFixture f;
    f.script.expect("POST", "/v2/upload/multipart", answer(200, created));
    const auto info = f.api.init(ApiFixture::request());
    REQUIRE(info.ok());
    CHECK(info->upload_id == "up1");
    CHECK(info->part_size == 5'242'880);
    CHECK(info->parallel);
    const RecordedRequest sent = f.script.requests().at(0);
    CHECK(sent.body == R"({"project":"me/proj","name":"x.bam","size":100})");
    CHECK_FALSE(sent.repeatable);
}

TEST_CASE("folder, part size, overwrite and names with any character") {
    ApiFixture f;
    f.script.expect("POST", "/v2/upload/multipart?overwrite=true", answer(201, created));
    const std::string name = "a \"b\"\\\n\t\x01 \xc3\xbc \xf0\x9f\x90\x9f .bam";
    REQUIRE(f.api
                .init({.target = {.project = {}, .parent = "5f0c"},
                       .name = name,
                       .size = 5'497'558'138'880,
                       .part_size = 549'755'814,
                       .overwrite = true})
                .ok());
    const auto body = object(f.script.requests().at(0).body);
    CHECK_FALSE(body->has("project"));
    CHECK(body->getValue<std::string>("parent") == "5f0c");
    CHECK(body->getValue<std::string>("name") == name);
    CHECK(body->getValue<Poco::UInt64>("size") == 5'497'558'138'880);
    CHECK(body->getValue<Poco::UInt64>("part_size") == 549'755'814);
}

TEST_CASE("a name that no JSON can carry is refused without a call") {
    ApiFixture f;
    InitRequest request = ApiFixture::request();
    request.name = "x\xff.bam";
    const auto info = f.api.init(request);
    REQUIRE_FALSE(info.ok());
    CHECK(info.error().kind == ErrorKind::invalid);
    CHECK(f.script.requests().empty());
}

TEST_CASE("only a missing or plainly true parallel_uploads allows parts side by side") {
    for (const auto& [value, parallel] : std::vector<std::pair<std::string, bool>>{
             {"", true},
             {R"(,"parallel_uploads":null)", true},
             {R"(,"parallel_uploads":true)", true},
             {R"(,"parallel_uploads":false)", false},
             {R"(,"parallel_uploads":"true")", false},
             {R"(,"parallel_uploads":0)", false},
         }) {
        ApiFixture f;
        f.script.expect("POST", "/v2/upload/multipart", answer(200, R"({"upload_id":"u","part_size":1)" + value + "}"));
        const auto info = f.api.init(ApiFixture::request());
        REQUIRE(info.ok());
        CHECK(info->parallel == parallel);
    }
}

TEST_CASE("an init answer that cannot be used may have opened an upload") {
    for (const std::string part_size : {"0", "-5242880", "5368709121", "18446744073709551615", "1e300", "\"5242880\"",
                                        "true", "null", "[1]", "5242880.5", "99999999999999999999999"}) {
        CAPTURE(part_size);
        ApiFixture f;
        f.script.expect("POST", "/v2/upload/multipart",
                        answer(200, R"({"upload_id":"u","part_size":)" + part_size + "}"));
        f.script.expect("GET", "/v2/upload/multipart", answer(200, list("")));
        f.script.expect("POST", "/v2/upload/multipart", answer(200, created));
        CHECK(f.api.init(ApiFixture::request()).ok());
    }
    for (const std::string id : {"\"\"", "7", "\"a b\"", "\"a\\nb\"", "\"\\u00fc\""}) {
        CAPTURE(id);
        ApiFixture f;
        f.script.otherwise([&](const RecordedRequest& sent) {
            return answer(200, sent.method == "GET" ? list("") : R"({"part_size":5242880,"upload_id":)" + id + "}");
        });
        const auto info = f.api.init(ApiFixture::request());
        REQUIRE_FALSE(info.ok());
        CHECK(info.error().kind == ErrorKind::platform);
        CHECK(info.error().message.find("'upload_id'") != std::string::npos);
        CHECK(f.script.count("POST", "/v2/upload/multipart") == 4);
    }
}

TEST_CASE("refusals of an init say what to do") {
    ApiFixture f;
    f.script.expect("POST", "/v2/upload/multipart", refusal(404, 3002, "Project does not exist"));
    const auto unknown = f.api.init(ApiFixture::request());
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().kind == ErrorKind::not_found);
    CHECK(
        unknown.error().message ==
        "cannot start the upload of 'x.bam' to me/proj: the platform answered HTTP 404 (code 3002: Project does not "
        "exist); copy the project's id, which is owner/short-name, from the address of its page, and see that the user "
        "of the token from the variable SB_AUTH_TOKEN is a member");
    for (const int code : {8005, 5003, 8006}) {
        ApiFixture g;
        g.script.expect("POST", "/v2/upload/multipart", refusal(409, code));
        if (code == 8006) // somebody else's, then
            g.script.expect("GET", "/v2/upload/multipart", answer(200, R"({"items":[]})"));
        const auto taken = g.api.init(ApiFixture::request());
        REQUIRE_FALSE(taken.ok());
        CHECK(taken.error().kind == ErrorKind::conflict);
        const char* advice = code == 8006 ? "another upload of that name is open" : "choose another name";
        CHECK(taken.error().message.find(advice) != std::string::npos);
    }
}

TEST_CASE("an upload of that name that is open already is gone on with, however old it is") {
    ApiFixture f;
    f.script.expect("POST", "/v2/upload/multipart", refusal(409, 8006));
    f.script.expect("GET", "/v2/upload/multipart",
                    answer(200, list(open_upload("up9", in_project, "2016-01-01T00:00:00Z"))));
    f.script.expect("GET", "/v2/upload/multipart/up9", answer(200, R"({"upload_id":"up9","part_size":1})"));
    const auto info = f.api.init(ApiFixture::request());
    REQUIRE(info.ok());
    CHECK(info->upload_id == "up9");
    CHECK(info->found);
}

TEST_CASE("where an open upload is somebody else's, its name is a taken one") {
    ApiFixture f;
    f.script.expect("POST", "/v2/upload/multipart", refusal(409, 8006));
    InitRequest request = ApiFixture::request();
    request.takes_over = false;
    const auto info = f.api.init(request);
    REQUIRE_FALSE(info.ok());
    CHECK(info.error().kind == ErrorKind::conflict);
}

TEST_CASE("after a lost answer the upload that it has opened is gone on with") {
    for (const HttpOutcome& lost :
         {failure(FailureKind::lost_answer), failure(FailureKind::stalled), answer(504, "<html>"), answer(200, "{}")}) {
        ApiFixture f;
        f.script.expect("POST", "/v2/upload/multipart", lost);
        f.script.expect("GET", "/v2/upload/multipart", answer(200, list(open_upload("up9", in_project))));
        f.script.expect("GET", "/v2/upload/multipart/up9",
                        answer(200, R"({"upload_id":"up9","part_size":1048576,"parallel_uploads":false})"));
        const auto info = f.api.init(ApiFixture::request());
        REQUIRE(info.ok());
        CHECK(info->upload_id == "up9");
        CHECK(info->part_size == 1'048'576);
        CHECK_FALSE(info->parallel);
    }
}

TEST_CASE("even the last try's loss is looked into, so that no upload stays open unknown") {
    ApiFixture f;
    f.context.retry.attempts = 1;
    f.script.expect("POST", "/v2/upload/multipart", failure(FailureKind::lost_answer));
    f.script.expect("GET", "/v2/upload/multipart", answer(200, list(open_upload("up9", in_project))));
    f.script.expect("GET", "/v2/upload/multipart/up9", answer(200, R"({"upload_id":"up9","part_size":1048576})"));
    const auto info = f.api.init(ApiFixture::request());
    REQUIRE(info.ok());
    CHECK(info->upload_id == "up9");
}

TEST_CASE("uploads of others, of other targets and of earlier times are left alone") {
    const std::vector<std::string> others{
        "",
        open_upload("a", R"("project":"me/other")"),
        open_upload("b", in_project, "2025-12-31T23:59:57Z"), // older than our call
        open_upload("c", in_project, "whenever"),
        R"({"upload_id":"d","name":"y.bam","initiated":"2026-01-01T00:00:00Z","project":"me/proj"})",
        R"({"upload_id":"e","name":"x.bam","project":"me/proj"})",
        R"({"upload_id":"f","name":"x.bam","initiated":"2026-01-01T00:00:00Z"})",
    };
    for (const std::string& items : others) {
        CAPTURE(items);
        ApiFixture f;
        lose_init(f, items);
        f.script.expect("POST", "/v2/upload/multipart", answer(200, created));
        const auto info = f.api.init(ApiFixture::request());
        REQUIRE(info.ok());
        CHECK(info->upload_id == "up1");
    }
}

TEST_CASE("an upload below a folder is not the project's, unless the folder is the project's root") {
    for (const bool root : {true, false}) {
        ApiFixture f;
        lose_init(f, open_upload("up9", in_project + R"(,"parent":"dir1")"));
        f.script.expect("GET", "/v2/projects/me/proj",
                        answer(200, root ? R"({"root_folder":"dir1"})" : R"({"root_folder":"dir0"})"));
        if (root)
            f.script.expect("GET", "/v2/upload/multipart/up9", answer(200, R"({"upload_id":"up9","part_size":1})"));
        else
            f.script.expect("POST", "/v2/upload/multipart", answer(200, created));
        const auto info = f.api.init(ApiFixture::request());
        REQUIRE(info.ok());
        CHECK(info->upload_id == (root ? "up9" : "up1"));
    }
}

TEST_CASE("an upload to a folder is adopted only where the list names that folder") {
    InitRequest request = ApiFixture::request();
    request.target = {.project = {}, .parent = "dir1"};
    ApiFixture f;
    lose_init(f, open_upload("a", in_project) + "," + open_upload("b", R"("parent":"dir2")") + "," +
                     open_upload("c", R"("parent":"dir1")"));
    f.script.expect("GET", "/v2/upload/multipart/c", answer(200, R"({"upload_id":"c","part_size":1})"));
    const auto info = f.api.init(request);
    REQUIRE(info.ok());
    CHECK(info->upload_id == "c");
}

TEST_CASE("of several the newest is taken and the others are named") {
    ApiFixture f;
    lose_init(f, open_upload("old", in_project, "2026-01-01T00:00:01Z") + "," +
                     open_upload("new", in_project, "2026-01-01T00:00:05Z") + "," +
                     open_upload("mid", in_project, "2026-01-01T00:00:03Z"));
    f.script.expect("GET", "/v2/upload/multipart/new", answer(200, R"({"upload_id":"new","part_size":1})"));
    REQUIRE(f.api.init(ApiFixture::request()).ok());
    CHECK(f.log.contains(LogLevel::warn, "old"));
    CHECK(f.log.contains(LogLevel::warn, "mid"));
}

TEST_CASE("the platform's clock decides what is older than our call") {
    // Ours is a day ahead of the platform's, which is told by Date.
    ApiFixture f;
    f.clock.shift_wall(std::chrono::hours(24));
    f.script.expect("POST", "/v2/upload/multipart", failure(FailureKind::lost_answer));
    f.script.expect("GET", "/v2/upload/multipart",
                    answer(200, list(open_upload("up9", in_project)), {{"Date", "Thu, 01 Jan 2026 00:00:01 GMT"}}));
    f.script.expect("GET", "/v2/upload/multipart/up9", answer(200, R"({"upload_id":"up9","part_size":1})"));
    const auto info = f.api.init(ApiFixture::request());
    REQUIRE(info.ok());
    CHECK(info->upload_id == "up9");
}

TEST_CASE("an adopted upload that is gone by then is opened anew") {
    ApiFixture f;
    lose_init(f, open_upload("up9", in_project));
    f.script.expect("GET", "/v2/upload/multipart/up9", refusal(404, 8003));
    f.script.expect("POST", "/v2/upload/multipart", answer(200, created));
    const auto info = f.api.init(ApiFixture::request());
    REQUIRE(info.ok());
    CHECK(info->upload_id == "up1");
}

TEST_CASE("what surely did not reach the platform is repeated without a look") {
    ApiFixture f;
    f.script.expect("POST", "/v2/upload/multipart", failure(FailureKind::no_connection));
    f.script.expect("POST", "/v2/upload/multipart", refusal(503, 8000));
    f.script.expect("POST", "/v2/upload/multipart", refusal(429, 1000));
    f.script.expect("POST", "/v2/upload/multipart", answer(200, created));
    CHECK(f.api.init(ApiFixture::request()).ok());
}

} // namespace ferry::test
