#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

const std::string file_json = R"({"id":"f1","name":"x.bam","size":100,"type":"file","project":"me/proj"})";

} // namespace

TEST_CASE("every request carries the headers of the contract and goes below the base") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files/a%2Fb%3F%C3%BC", answer(200, file_json));
    REQUIRE(f.api.file("a/b?\xc3\xbc").ok());
    const RecordedRequest sent = f.script.requests().at(0);
    CHECK(sent.url.origin() == "https://api.example:443");
    CHECK(sent.header("X-SBG-Auth-Token") == secret_token);
    CHECK(sent.header("Content-Type") == "application/json");
    CHECK(sent.header("Accept") == "application/json");
    CHECK(sent.header("User-Agent").starts_with("ferry/"));
    CHECK(sent.header("User-Agent").size() > 6);
    CHECK(sent.headers.list().size() == 4);
    CHECK(sent.body.empty());
    CHECK(sent.repeatable);
    CHECK(f.context.calls == 1);
}

TEST_CASE("a base without a path") {
    ApiFixture f;
    f.context.base.target.clear();
    f.script.expect("GET", "/files/f1", answer(200, file_json));
    CHECK(f.api.file("f1").ok());
}

TEST_CASE("passing trouble is retried, and each try counted") {
    ApiFixture f;
    for (const HttpOutcome& outcome :
         {answer(502, "<html>"), failure(FailureKind::lost_answer), refusal(503, 8000), answer(200, file_json)})
        f.script.expect("GET", "/v2/files/f1", outcome);
    const auto file = f.api.file("f1");
    REQUIRE(file.ok());
    CHECK(file->id == "f1");
    CHECK(file->size == 100u);
    CHECK(f.context.calls == 4);
    CHECK(f.clock.waits() == std::vector<Duration>{Duration(250), Duration(500), Duration(1000)});
}

TEST_CASE("trouble that stays is given up with the last reason") {
    ApiFixture f;
    f.script.otherwise([](const RecordedRequest&) { return refusal(503, 8000, "Upload service is down"); });
    const auto file = f.api.file("f1");
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind == ErrorKind::network);
    CHECK(file.error().message ==
          "cannot read the record of file f1: the platform answered HTTP 503 (code 8000: Upload "
          "service is down) (given up: 4 tries failed)");
    CHECK(f.context.calls == 4);
}

TEST_CASE("Retry-After is obeyed") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files/f1", answer(503, "", {{"Retry-After", "77"}}));
    f.script.expect("GET", "/v2/files/f1", answer(200, file_json));
    CHECK(f.api.file("f1").ok());
    CHECK(f.clock.waited() == std::chrono::seconds(77));
}

TEST_CASE("a refused token ends at once and tells where it came from") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files/f1", refusal(401, 90001, "Unauthorized"));
    const auto file = f.api.file("f1");
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind == ErrorKind::auth);
    CHECK(file.error().message.find("HTTP 401 (code 90001: Unauthorized)") != std::string::npos);
    CHECK(file.error().message.find("the token from the variable SB_AUTH_TOKEN is wrong, has expired or is another "
                                    "platform's") != std::string::npos);
    CHECK(file.error().message.ends_with("the platform whose API is api.example"));
}

TEST_CASE("what no further try can better ends at once, with the right kind") {
    struct Row {
        HttpOutcome outcome;
        ErrorKind kind;
        const char* text;
    };
    const std::vector<Row> rows{
        {refusal(403, 5001, "no rights"), ErrorKind::rights, "needs rights"},
        {refusal(403, 3001, "no rights"), ErrorKind::auth, "needs rights"},
        {refusal(403, 90002, "no funds"), ErrorKind::auth, "or whether its billing group or storage is used up"},
        {refusal(400, 8013, "bad name"), ErrorKind::platform, "give it another with \"name\""},
        {HttpFailure{FailureKind::proxy_refused, "no answer", 407, "see to it"}, ErrorKind::network,
         "no answer; see to it"},
        {answer(403, "<html>blocked</html>"), ErrorKind::platform, "proxy"},
        {refusal(404, 5002, "no file"), ErrorKind::not_found, "code 5002: no file"},
        {refusal(404, 3002, "no project"), ErrorKind::not_found, "owner/short-name"},
        {refusal(400, 90000, "bad"), ErrorKind::platform, "HTTP 400 (code 90000: bad)"},
        {answer(301, "", {{"Location", "https://evil.example/"}}), ErrorKind::platform, "endpoint's URL"},
        {failure(FailureKind::untrusted, "the certificate of api.example:443 is not trusted"), ErrorKind::network,
         "not trusted"},
        {HttpFailure{FailureKind::proxy_refused, "the proxy p:1 answered 407", 407}, ErrorKind::network, "407"},
        {failure(FailureKind::cancelled), ErrorKind::cancelled, "stopped"},
    };
    for (const Row& row : rows) {
        ApiFixture f;
        f.script.expect("GET", "/v2/files/f1", row.outcome);
        const auto file = f.api.file("f1");
        REQUIRE_FALSE(file.ok());
        CAPTURE(file.error().message);
        CHECK(file.error().kind == row.kind);
        CHECK(file.error().message.find(row.text) != std::string::npos);
        CHECK(f.clock.waits().empty());
    }
}

TEST_CASE("a project id in upper case, and an endpoint that stops short, are told as what they are") {
    ApiFixture f;
    f.context.project = "RFranklin/My-Project";
    f.script.expect("GET", "/v2/files/f1", refusal(404, 3002, "no project"));
    const auto upper = f.api.file("f1");
    REQUIRE_FALSE(upper.ok());
    CHECK(upper.error().message.ends_with("in lower case behind the slash: try RFranklin/my-project"));
    f.context.project = "RFranklin/my-project"; // users may have capital letters
    f.script.expect("GET", "/v2/files/f1", refusal(404, 3002, "no project"));
    CHECK(f.api.file("f1").error().message.find("from the address of its page") != std::string::npos);
    f.context.base.target = "/api";
    f.script.expect("GET", "/api/files/f1", refusal(404, 90003, "no"));
    CHECK(f.api.file("f1").error().message.find("should end in /v2") != std::string::npos);
}

TEST_CASE("answers that cannot be used are tried again, then told") {
    const std::vector<std::string> bodies{"",
                                          "null",
                                          "[]",
                                          "<html>login here</html>",
                                          R"({"id":)",
                                          R"({"id":7})",
                                          R"({"id":""})",
                                          R"({"id":"a b"})",
                                          R"({"id":"a\r\nX: y"})",
                                          R"({"id":{"a":"b"}})",
                                          R"({"id":"1","id":"2"})",
                                          R"({"id":")" + std::string(5000, 'x') + "\"}",
                                          std::string(200'000, '['),
                                          "\xff\xfe"};
    for (const std::string& body : bodies) {
        ApiFixture f;
        f.script.otherwise([&](const RecordedRequest&) { return answer(200, body); });
        const auto file = f.api.file("f1");
        REQUIRE_FALSE(file.ok());
        CAPTURE(file.error().message);
        CHECK(file.error().kind == ErrorKind::platform);
        CHECK(file.error().message.size() < 1000);
        CHECK(f.context.calls == 4);
    }
}

TEST_CASE("odd values of a file's record are as good as absent") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files/f1",
                    answer(200, R"({"id":"f1","size":-3,"type":"FOLDER","name":7,"parent":null,"created_on":"soon"})"));
    f.script.expect("GET", "/v2/files/f1", answer(200, R"({"id":"f1","size":9223372036854775808,"type":true})"));
    f.script.expect("GET", "/v2/files/f1", answer(200, R"({"id":"f1","size":"100","type":"Folder"})"));
    f.script.expect("GET", "/v2/files/f1",
                    answer(200, R"({"id":"f1","size":1e300,"created_on":"2026-01-01T00:00:00Z"})"));
    const auto first = f.api.file("f1");
    REQUIRE(first.ok());
    CHECK_FALSE(first->size);
    CHECK(first->folder);
    CHECK(first->name.empty());
    CHECK_FALSE(first->created);
    for (int i = 0; i < 3; ++i) {
        const auto other = f.api.file("f1");
        REQUIRE(other.ok());
        CHECK_FALSE(other->size);
        CHECK(other->folder == (i == 1));
        CHECK(other->created.has_value() == (i == 2));
    }
}

TEST_CASE("a dead line is waited out until max_elapsed, and its tries are no API calls") {
    ApiFixture f;
    f.context.retry.max_elapsed = std::chrono::hours(1);
    f.script.otherwise([](const RecordedRequest&) { return failure(FailureKind::no_connection, "no route to a:443"); });
    const Instant start = f.clock.now();
    const auto file = f.api.file("f1");
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind == ErrorKind::network);
    CHECK(f.clock.now() - start == std::chrono::hours(1));
    CHECK(f.line.dead());
    CHECK(f.script.requests().size() > 100);
    CHECK(f.script.requests().size() < 150);
    CHECK(f.context.calls == 0);
    CHECK(file.error().message.find("no route to a:443") != std::string::npos);
    CHECK(f.log.count(LogLevel::warn) == 2); // at once, as no server was ever met, and when the line is dead
}

TEST_CASE("quota and maintenance are waited out without counting as tries or as time") {
    ApiFixture f;
    f.context.retry = {.attempts = 2, .max_elapsed = std::chrono::seconds(30)};
    f.script.expect("GET", "/v2/files/f1", failure(FailureKind::lost_answer));
    for (int i = 0; i < 5; ++i) {
        f.script.expect("GET", "/v2/files/f1", refusal(429, 1000));
        f.script.expect("GET", "/v2/files/f1", refusal(503, 0));
    }
    f.script.expect("GET", "/v2/files/f1", answer(200, file_json));
    CHECK(f.api.file("f1").ok());
    CHECK(f.context.calls == 12);
    CHECK(f.clock.waited() > std::chrono::minutes(20));
}

TEST_CASE("waiting while calls are spread does not count as time") {
    ApiFixture f;
    f.context.retry = {.attempts = 3, .max_elapsed = std::chrono::seconds(30)};
    const auto used_up = [](const char* reset) {
        return answer(503, "", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", reset}});
    };
    f.script.expect("GET", "/v2/files/f1", used_up("1767225900"));
    f.script.expect("GET", "/v2/files/f1", used_up("1767226300"));
    f.script.expect("GET", "/v2/files/f1", answer(200, file_json));
    CHECK(f.api.file("f1").ok());
    CHECK(f.clock.waited() > std::chrono::minutes(11));
    CHECK(f.log.count(LogLevel::info) == 1); // of two windows within half an hour
    CHECK(f.log.count(LogLevel::warn) == 0);
}

TEST_CASE("calls that got no answer are in flight no longer") {
    ApiFixture f;
    for (int i = 0; i < 3; ++i)
        f.script.expect("GET", "/v2/files/f1", failure(FailureKind::lost_answer));
    f.script.expect("GET", "/v2/files/f1", answer(200, file_json));
    CHECK(f.api.file("f1").ok());
    CHECK(f.clock.waits().size() == 3); // after the tries; nothing for the quota
    CHECK(f.clock.waited() < QuotaWindow::flight_time);
}

TEST_CASE("the report at a stop waits for no quota") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files/f1",
                    answer(200, file_json, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1767225900"}}));
    CHECK(f.api.file("f1").ok());
    f.cancel.cancel();
    f.script.expect("POST", "/v2/upload/multipart/u", answer(200, "{}"));
    CHECK(f.api.report_at_stop("u", {{.number = 1, .headers = {}}}, std::chrono::milliseconds(400)));
    CHECK(f.clock.waits().empty());
}

TEST_CASE("a cancel ends every wait") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files/f1", refusal(503, 8000));
    f.clock.before_wait([&](Duration) { f.cancel.cancel(); });
    const auto file = f.api.file("f1");
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind == ErrorKind::cancelled);

    ApiFixture g;
    g.script.expect("GET", "/v2/files/f1", refusal(429, 1000));
    g.clock.before_wait([&](Duration wait) {
        if (wait > std::chrono::seconds(10)) // the pause for the quota, not the backoff before it
            g.cancel.cancel();
    });
    const auto other = g.api.file("f1");
    REQUIRE_FALSE(other.ok());
    CHECK(other.error().kind == ErrorKind::cancelled);
}

TEST_CASE("what only the platform can mend names the request for its support; each retry is an event") {
    ApiFixture f;
    for (int i = 0; i < 4; ++i)
        f.script.expect("GET", "/v2/files/f1", answer(500, "{}", {{"X-Request-Id", "req-7"}}));
    const auto file = f.api.file("f1");
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().message.find(
              "HTTP 500 with a body that is not the platform's JSON (request id req-7) (given up") !=
          std::string::npos);
    CHECK(f.context.retries == 3);
    REQUIRE(f.log.events().size() == 3);
    CHECK(f.log.events()[0].starts_with(R"(retry {"doing":")"));
    CHECK(f.log.events()[0].find(R"("tries":1,"wait_ms":)") != std::string::npos);
}

TEST_CASE("while the line is dead the next try is told for when it comes") {
    ApiFixture f;
    f.script.otherwise([](const RecordedRequest&) { return failure(FailureKind::no_connection, "no route to a:443"); });
    f.context.retry.max_elapsed = std::chrono::minutes(5);
    CHECK_FALSE(f.api.file("f1").ok());
    CHECK(f.log.events().back().find(R"("wait_ms":30000,)") != std::string::npos);
    CHECK(f.log.contains(LogLevel::debug, "no route to a:443; trying again in 30.0 s"));
    CHECK(f.log.contains(LogLevel::debug, "GET read /v2/files/f1: no route to a:443, 0 ms"));
}

TEST_CASE("a log line for each call, and no secret anywhere, even where the platform echoes it") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files?*", answer(200, R"({"items":[]})", {{"X-Request-Id", "req-7"}}));
    f.script.expect("GET", "/v2/files/f1", refusal(400, 90000, std::string("bad token ") + secret_token));
    for (const char* id : {"req\x1b[31m", secret_token})
        f.script.expect("GET", "/v2/files/f2", answer(404, "{}", {{"X-Request-Id", id}}));
    REQUIRE(f.api.find_names({.project = "me/secret-project", .parent = {}}, {"secret-name"}).ok());
    const auto file = f.api.file("f1");
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().message.find(secret_token) == std::string::npos);
    CHECK(file.error().message.find("bad token ***") != std::string::npos);
    CHECK(f.log.contains(LogLevel::debug, "GET read /v2/files: 200, "));
    CHECK(f.log.contains(LogLevel::debug, "request id req-7"));
    CHECK_FALSE(f.api.file("f2").ok());
    CHECK_FALSE(f.api.file("f2").ok());
    CHECK_FALSE(f.log.mentions("\x1b"));
    CHECK_FALSE(f.log.mentions(secret_token));
    CHECK_FALSE(f.log.mentions("secret-name")); // queries are not logged
}

} // namespace ferry::test
