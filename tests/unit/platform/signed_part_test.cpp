#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

const std::string url = R"("url":"https://s3.example/b/k%2B+x?uploadId=u&partNumber=3&Signature=a%2Fb%3D")";

struct Signed {
    Verdict verdict;
    SignedPart part;
    HttpOutcome outcome;
};

Signed sign(const std::string& body) {
    ApiFixture f;
    f.script.expect("GET", "/v2/upload/multipart/up1/part/3", answer(200, body));
    Signed result{};
    result.verdict = f.api.sign_once("up1", 3, result.part, result.outcome);
    CHECK(f.clock.waits().empty());
    return result;
}

Signed sign_with(const std::string& more) {
    return sign("{" + url + "," + more + "}");
}

std::vector<std::string> names(const HttpHeaders& headers) {
    std::vector<std::string> result;
    for (const HttpHeader& header : headers.list())
        result.push_back(header.name + "=" + header.value);
    return result;
}

} // namespace

TEST_CASE("a signed part as on the vendor's page") {
    const Signed got = sign(R"({"method":"PUT",)" + url + R"(,"expires":"2016-02-27T15:55:38Z","headers":{},
        "report":{"success_codes":[200],"headers":["ETag"]}})");
    REQUIRE(got.verdict == Verdict::success);
    CHECK(got.part.method == "PUT");
    CHECK(got.part.url.host == "s3.example");
    CHECK(got.part.url.target == "/b/k%2B+x?uploadId=u&partNumber=3&Signature=a%2Fb%3D");
    CHECK(got.part.expires == WallTime(std::chrono::seconds(1'456'588'538)));
    CHECK(got.part.headers.list().empty());
    CHECK(got.part.success_codes == std::vector<int>{200});
    CHECK(got.part.report_headers == std::vector<std::string>{"ETag"});
}

TEST_CASE("a signed part with nothing but a URL") {
    const Signed got = sign("{" + url + "}");
    REQUIRE(got.verdict == Verdict::success);
    CHECK(got.part.method == "PUT");
    CHECK_FALSE(got.part.expires);
    CHECK(got.part.success_codes == std::vector<int>{200, 201, 204});
    CHECK(got.part.report_headers == std::vector<std::string>{"ETag"});
}

TEST_CASE("success codes stand at the top or in the report") {
    CHECK(sign_with(R"("success_codes":[201,204])").part.success_codes == std::vector<int>{201, 204});
    CHECK(sign_with(R"("report":{"success_codes":[202]})").part.success_codes == std::vector<int>{202});
    CHECK(sign_with(R"("success_codes":[],"report":{"success_codes":[202]})").part.success_codes ==
          std::vector<int>{202});
    CHECK(sign_with(R"("success_codes":[],"report":{"success_codes":[]})").part.success_codes ==
          std::vector<int>{200, 201, 204});
}

TEST_CASE("expires in all its forms") {
    const WallTime time{std::chrono::seconds(1'456'588'538)};
    for (const std::string value :
         {"\"2016-02-27T15:55:38Z\"", "1456588538", "1456588538000", "\"1456588538\"", "\"2016-02-27T16:55:38+01:00\""})
        CHECK(sign_with("\"expires\":" + value).part.expires == time);
    for (const std::string value : {"\"soon\"", "null", "-1", "true", "{}", "9223372036854775807", "\"\""}) {
        const Signed got = sign_with("\"expires\":" + value);
        CHECK(got.verdict == Verdict::success);
        CHECK_FALSE(got.part.expires);
    }
}

TEST_CASE("headers go on as they are, but for those that every request has anyway") {
    const Signed got = sign_with(R"("headers":{"x-amz-server-side-encryption":"aws:kms","Content-Type":"","X-N":7,
        "host":"s3.example","CONTENT-LENGTH":"5","Connection":"close"},"report":{"headers":["ETag","x-amz-version-id"]})");
    REQUIRE(got.verdict == Verdict::success);
    auto sent = names(got.part.headers);
    std::sort(sent.begin(), sent.end());
    CHECK(sent == std::vector<std::string>{"Content-Type=", "X-N=7", "x-amz-server-side-encryption=aws:kms"});
    CHECK(got.part.report_headers == std::vector<std::string>{"ETag", "x-amz-version-id"});
}

TEST_CASE("a loopback storage may be plain http") {
    CHECK(sign(R"({"url":"http://127.0.0.1:9000/k?s"})").verdict == Verdict::success);
}

TEST_CASE("a plain http URL to elsewhere is refused for good, and not shown") {
    const Signed got = sign(R"({"url":"http://s3.example/k?Signature=hush"})");
    CHECK(got.verdict == Verdict::permanent);
    const std::string text = describe(Operation::sign, got.outcome);
    CHECK(text.find("s3.example") != std::string::npos);
    CHECK(text.find("hush") == std::string::npos);
}

TEST_CASE("answers that cannot be used are told as such, without what they hold") {
    std::string many = R"("headers":{)";
    for (int i = 0; i < 200; ++i)
        many += "\"x-" + std::to_string(i) + R"(":"1",)";
    const std::vector<std::string> bodies{
        "",
        "null",
        "[]",
        "<html>hush</html>",
        "{}",
        R"({"url":7})",
        R"({"url":""})",
        R"({"url":"ftp://s3.example/hush"})",
        R"({"url":"https://user:hush@s3.example/"})",
        R"({"url":"https://s3.example/a b"})",
        R"({"url":"https://s3.example/\r\nX-Evil: hush"})",
        R"({"url":"/hush"})",
        R"({"url":"https://s3.example/)" + std::string(100'000, 'x') + "\"}",
        "{" + url + R"(,"method":""})",
        "{" + url + R"(,"method":7})",
        "{" + url + R"(,"method":"PUT / HTTP/1.1"})",
        "{" + url + R"(,"method":"PUTPUTPUTPUTPUTPUTPUTPUT"})",
        "{" + url + R"(,"headers":[]})",
        "{" + url + R"(,"headers":{"X Y":"1"}})",
        "{" + url + R"(,"headers":{"":"1"}})",
        "{" + url + R"(,"headers":{"X":"a\r\nY: hush"}})",
        "{" + url + R"(,"headers":{"X":"a\u0000b"}})",
        "{" + url + R"(,"headers":{"X":null}})",
        "{" + url + R"(,"headers":{"X":["a"]}})",
        "{" + url + R"(,"headers":{"Transfer-Encoding":"chunked"}})",
        "{" + url + R"(,"headers":{"X":")" + std::string(20'000, 'x') + "\"}}",
        "{" + url + "," + many + R"("y":"1"}})",
        "{" + url + R"(,"success_codes":[0]})",
        "{" + url + R"(,"success_codes":[200.5]})",
        "{" + url + R"(,"success_codes":["200"]})",
        "{" + url + R"(,"success_codes":[true]})",
        "{" + url + R"(,"success_codes":[99999999999999]})",
        "{" + url + R"(,"report":{"headers":"ETag"}})",
        "{" + url + R"(,"report":{"headers":["E Tag"]}})",
        "{" + url + R"(,"report":{"headers":[7]}})",
    };
    for (const std::string& body : bodies) {
        CAPTURE(body);
        const Signed got = sign(body);
        CHECK(got.verdict == Verdict::transient);
        const auto* failed = std::get_if<HttpFailure>(&got.outcome);
        REQUIRE(failed);
        CHECK(failed->kind == FailureKind::invalid_answer);
        CHECK(failed->message.find("api.example") != std::string::npos);
        CHECK(failed->message.find("hush") == std::string::npos);
    }
}

TEST_CASE("one try only, noted at both gates") {
    ApiFixture f;
    SignedPart part;
    HttpOutcome outcome;
    f.script.expect("GET", "/v2/upload/multipart/u%2F1/part/10000", refusal(503, 8000));
    CHECK(f.api.sign_once("u/1", 10'000, part, outcome) == Verdict::transient);
    CHECK(f.api.paused() == Duration(0));
    f.script.expect("GET", "/v2/upload/multipart/u/part/1", answer(429, "", {{"Retry-After", "60"}}));
    CHECK(f.api.sign_once("u", 1, part, outcome) == Verdict::throttled);
    CHECK(f.clock.waits().empty());
    f.script.expect("GET", "/v2/upload/multipart/u/part/1", answer(200, "{" + url + "}"));
    CHECK(f.api.sign_once("u", 1, part, outcome) == Verdict::success);
    CHECK(f.api.paused() == std::chrono::seconds(62));
    for (int i = 0; i < 6; ++i) {
        f.script.expect("GET", "/v2/upload/multipart/u/part/1", failure(FailureKind::no_connection));
        CHECK(f.api.sign_once("u", 1, part, outcome) == Verdict::no_answer);
    }
    CHECK(f.line.dead());
    CHECK_FALSE(f.log.mentions("Signature"));
}

} // namespace ferry::test
