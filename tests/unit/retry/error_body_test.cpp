#include "retry/classify.hpp"
#include "scripted_transport.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace ferry::test {
namespace {

HttpResponse with_body(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

PlatformError platform(std::string body) {
    return read_platform_error(with_body(400, std::move(body)));
}

StorageError storage(std::string body) {
    return read_storage_error(with_body(403, std::move(body)));
}

} // namespace

TEST_CASE("a platform error as documented") {
    const PlatformError error = platform(R"({"status":404,"code":8003,"message":"No such upload.","more_info":"u"})");
    CHECK(error.code == 8003);
    CHECK(error.message == "No such upload.");
}

TEST_CASE("platform errors that leave fields out or give them another type") {
    CHECK(platform(R"({"status":"NOT_FOUND","message":"HTTP 404 Not Found"})").code == -1);
    CHECK(platform(R"({"status":"NOT_FOUND","message":"HTTP 404 Not Found"})").message == "HTTP 404 Not Found");
    CHECK(platform(R"({"code":"3002"})").code == 3002);
    CHECK(platform(R"({"code":0})").code == 0);
    for (const std::string body :
         {"", "null", "[]", "7", "\"text\"", "{}", R"({"code":null,"message":null})", R"({"code":"x1"})",
          R"({"code":"12x"})", R"({"code":-5})", R"({"code":99999999999})", R"({"code":18446744073709551615})",
          R"({"code":1e300})", R"({"code":true})", R"({"code":[1],"message":{"a":1}})", R"({"code":3002)",
          "<html><body>502 Bad Gateway</body></html>", "\xff\xfe\x00", R"({"code":1,"code":2})"}) {
        CAPTURE(body);
        CHECK(platform(body).code == -1);
        CHECK(platform(body).message.empty());
    }
}

TEST_CASE("a platform error too deep or too long to be one") {
    std::string deep;
    for (int i = 0; i < 100'000; ++i)
        deep += R"({"a":)";
    CHECK(platform(deep).code == -1);
    CHECK(platform(std::string(100'000, '[')).code == -1);
    CHECK(platform(R"({"code":1,"message":")" + std::string(2'000'000, 'x') + "\"}").code == -1);
}

TEST_CASE("messages of others are shortened and cannot steer a terminal") {
    const PlatformError error = platform(R"({"code":1,"message":"a\u001b[2Jb\nc)" + std::string(5000, 'x') + "\"}");
    CHECK(error.code == 1);
    CHECK(error.message.size() < 400);
    CHECK(error.message.find('\x1b') == std::string::npos);
    CHECK(error.message.find('\n') == std::string::npos);
    CHECK(storage("<Code>\x1b[31m</Code>").code.find('\x1b') == std::string::npos);
    CHECK(storage("<Code>" + std::string(5000, 'x') + "</Code>").code.size() < 400);
}

TEST_CASE("a storage error as S3 sends it") {
    const StorageError error =
        storage("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Request has "
                "expired</Message><Expires>2016</Expires><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>");
    CHECK(error.code == "AccessDenied");
    CHECK(error.message == "Request has expired");
}

TEST_CASE("entities in a storage error") {
    const StorageError error =
        storage("<Code>A</Code><Message>&lt;a&gt; &amp;amp; &quot;b&quot; &#65;&#x42; &apos; &unknown; & &#0; "
                "&#x110000;</Message>");
    CHECK(error.message == "<a> &amp; \"b\" AB ' &unknown; & &#0; &#x110000;");
}

TEST_CASE("storage errors that are none") {
    for (const std::string body :
         {"", "<Code>", "<Code></Code>", "<Code>x", "Code", "<html>", "</Code><Message", "\xff\x00"}) {
        CAPTURE(body);
        CHECK(storage(body).code.empty());
        CHECK(storage(body).message.empty());
    }
    CHECK(storage(std::string(1u << 20, ' ') + "<Code>late</Code>").code.empty());
}

TEST_CASE("an outcome told to people") {
    const std::string expired = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    CHECK(describe(Operation::put_part, answer(403, expired), "s3.example:443") ==
          "storage at s3.example:443 answered HTTP 403 AccessDenied: Request has expired");
    CHECK(describe(Operation::put_part, answer(500)) == "storage answered HTTP 500");
    CHECK(describe(Operation::init, answer(404, R"({"code":3002,"message":"No such project"})")) ==
          "the platform answered HTTP 404 (code 3002: No such project)");
    CHECK(describe(Operation::init, answer(404, R"({"code":3002})"), "https://api.example:443") ==
          "the platform at https://api.example:443 answered HTTP 404 (code 3002)");
    CHECK(describe(Operation::read, answer(404, R"({"status":"NOT_FOUND","message":"HTTP 404 Not Found"})")) ==
          "the platform answered HTTP 404 (HTTP 404 Not Found)");
    CHECK(describe(Operation::read, answer(502, "<html>bad gateway</html>")) ==
          "the platform answered HTTP 502 with a body that is not the platform's JSON");
    CHECK(describe(Operation::read, answer(502)) == "the platform answered HTTP 502");
    CHECK(describe(Operation::read, answer(302, "", {{"Location", "https://evil.example/?token"}})) ==
          "the platform answered HTTP 302, a redirect, which is not followed");
    CHECK(describe(Operation::read, failure(FailureKind::stalled, "no byte from a:443 for 60 s")) ==
          "no byte from a:443 for 60 s");
}

} // namespace ferry::test
