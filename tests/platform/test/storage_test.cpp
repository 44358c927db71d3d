// The object store, as strict as S3 (contract, sections 4.4 and 9.7).
#include "client.hpp"

#include "model/ids.hpp"

#include <doctest/doctest.h>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

struct Signed {
    explicit Signed(PlatformSettings settings = small_parts()) : fixture(std::move(settings)) {
        id = fixture.client.init("a+b c%.txt", 4, 4);
        url = fixture.client.sign(id, 1);
    }
    Fixture fixture;
    std::string id;
    SignedUrl url;
};

bool is_error(const Heard& heard, int status, const std::string& code) {
    INFO(heard.body);
    CHECK(heard.status == status);
    const bool told = heard.body.find("<Code>" + code + "</Code>") != std::string::npos;
    CHECK(told);
    return heard.status == status && told;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("the ETag is the part's MD5 in quotes") {
    const Signed s;
    const Heard heard = s.fixture.client.put(s.url, "aaaa");
    CHECK(heard.status == 200);
    CHECK(heard.header("ETag") == "\"" + md5_hex("aaaa") + "\"");
    CHECK(heard.body.empty());
}

TEST_CASE("a URL that is not sent byte for byte does not match its signature") {
    const Signed s;
    const auto altered = [&](const std::string& from, const std::string& to) {
        return s.fixture.client.put({replaced(s.url.url, from, to), {}}, "aaaa");
    };
    is_error(altered("%2B", "+"), 403, "SignatureDoesNotMatch");
    is_error(altered("%2D", "-"), 403, "SignatureDoesNotMatch");
    is_error(altered("%7e", "%7E"), 403, "SignatureDoesNotMatch");
    is_error(altered("%7e", "~"), 403, "SignatureDoesNotMatch");
    is_error(altered("%20", "+"), 403, "SignatureDoesNotMatch");
    is_error(altered("%3D", "="), 403, "SignatureDoesNotMatch");
    is_error(altered("partNumber=1", "partNumber=2"), 403, "SignatureDoesNotMatch");
    is_error(altered("&AWSAccessKeyId=LOCAL", ""), 403, "SignatureDoesNotMatch");
    is_error(altered("Expires=1", "Expires=2"), 403, "SignatureDoesNotMatch");
    is_error(altered("&Signature=", "&x=1&Signature="), 403, "SignatureDoesNotMatch");
    is_error(altered("&Signature=", "&Nothing="), 403, "AccessDenied");
    CHECK(s.fixture.platform.open_uploads().front().stored.empty());
    CHECK(s.fixture.client.put(s.url, "aaaa").status == 200);
}

TEST_CASE("Content-Type, Content-MD5 and x-amz headers that were not signed break the signature") {
    const Signed s;
    const auto with = [&](const std::string& name, const std::string& value) {
        return s.fixture.client.put(s.url, "aaaa", {{name, value}});
    };
    is_error(with("Content-Type", "application/octet-stream"), 403, "SignatureDoesNotMatch");
    is_error(with("Content-MD5", "x"), 403, "SignatureDoesNotMatch");
    is_error(with("x-amz-acl", "private"), 403, "SignatureDoesNotMatch");
    CHECK(with("X-Harmless", "1").status == 200);
    is_error(s.fixture.client.send(s.url.url, "POST", {}, "aaaa"), 405, "MethodNotAllowed");
    is_error(s.fixture.client.send(s.url.url, "GET", {}, std::nullopt), 405, "MethodNotAllowed");
}

TEST_CASE("demanded headers must come, with the value that was signed for the part") {
    PlatformSettings settings = small_parts();
    set(settings, "header", "x-amz-server-side-encryption:AES256");
    set(settings, "header", "X-Part:part {part}");
    const Signed s(settings);
    CHECK(s.url.headers == Headers{{"X-Part", "part 1"}, {"x-amz-server-side-encryption", "AES256"}});
    CHECK(s.fixture.client.put(s.url, "aaaa").status == 200);
    is_error(s.fixture.client.put({s.url.url, {s.url.headers[0]}}, "aaaa"), 403, "SignatureDoesNotMatch");
    is_error(s.fixture.client.put({s.url.url, {s.url.headers[1]}}, "aaaa"), 403, "SignatureDoesNotMatch");
    is_error(s.fixture.client.put({s.url.url, {{"X-Part", "part 2"}, s.url.headers[1]}}, "aaaa"), 403,
             "SignatureDoesNotMatch");
    const SignedUrl second = s.fixture.client.sign(s.id, 2);
    CHECK(second.headers.front().second == "part 2");
    CHECK(s.fixture.client.put(second, "bb").status == 200);
}

TEST_CASE("an expired URL says so") {
    PlatformSettings settings = small_parts();
    settings.url_lifetime = Milliseconds(-10'000);
    const Signed s(settings);
    const Heard heard = s.fixture.client.put(s.url, "aaaa");
    is_error(heard, 403, "AccessDenied");
    CHECK(heard.body.find("Request has expired") != std::string::npos);
}

TEST_CASE("a length is needed, and a chunked body refused") {
    const Signed s;
    is_error(s.fixture.client.send(s.url.url, "PUT", {}, std::nullopt), 411, "MissingContentLength");
    is_error(s.fixture.client.send(s.url.url, "PUT", {{"Transfer-Encoding", "chunked"}}, std::nullopt), 501,
             "NotImplemented");
}

TEST_CASE("a part beyond the limit is too large before any byte is read") {
    PlatformSettings settings = small_parts();
    settings.max_part_size = 10;
    const Signed s(settings);
    is_error(s.fixture.client.put(s.url, std::string(11, 'x')), 400, "EntityTooLarge");
    CHECK(s.fixture.client.put(s.url, std::string(10, 'x')).status == 200);
}

TEST_CASE("a token on its way to storage is refused and counted") {
    const Signed s;
    const std::string token = s.fixture.platform.token();
    is_error(s.fixture.client.put(s.url, "aaaa", {{"X-SBG-Auth-Token", token}}), 400, "InvalidArgument");
    is_error(s.fixture.client.put(s.url, "aaaa", {{"authorization", "Bearer other"}}), 400, "InvalidArgument");
    is_error(s.fixture.client.put(s.url, "aaaa", {{"Cookie", "a=" + token}}), 400, "InvalidArgument");
    is_error(s.fixture.client.put({s.url.url + "&token=" + token, {}}, "aaaa"), 400, "InvalidArgument");
    CHECK(s.fixture.platform.counters().token_leaks == 4);
    CHECK(s.fixture.platform.open_uploads().front().stored.empty());
}

TEST_CASE("an upload that is gone is no upload") {
    const Signed s;
    s.fixture.client.api("DELETE", "/upload/multipart/" + s.id);
    is_error(s.fixture.client.put(s.url, "aaaa"), 404, "NoSuchUpload");
}

TEST_CASE("who waits for 100-continue is told before the body, either way") {
    const Signed s;
    const auto request = [&](const std::string& url) {
        return "PUT " + url.substr(url.find('/', 8)) +
               " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    };
    Wire good(s.url.url);
    good.send(request(s.url.url));
    CHECK(good.hear().status == 100);
    good.send("aaaa");
    CHECK(good.hear().status == 200);
    Wire bad(s.url.url);
    bad.send(request(replaced(s.url.url, "%2B", "+")));
    CHECK(bad.hear().status == 403);
}

TEST_CASE("a connection serves part after part") {
    const Signed s;
    const std::string target = s.url.url.substr(s.url.url.find('/', 8));
    Wire wire(s.url.url);
    for (int i = 0; i < 3; ++i) {
        wire.send("PUT " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\naaaa");
        const Heard heard = wire.hear();
        CHECK(heard.status == 200);
        CHECK(heard.header("Connection") == "keep-alive");
    }
    CHECK(s.fixture.platform.counters().storage_connections == 1);
    CHECK(s.fixture.platform.counters().puts == 3);
}

TEST_CASE("a body that ends early is not stored") {
    const Signed s;
    {
        Wire wire(s.url.url);
        wire.send("PUT " + s.url.url.substr(s.url.url.find('/', 8)) +
                  " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\naa");
        wire.close();
    }
    CHECK(s.fixture.client.put(s.url, "bbbb").status == 200);
    CHECK(s.fixture.platform.counters().stored_parts == 1);
}

TEST_CASE("ETags of other stores are no MD5s") {
    PlatformSettings settings = small_parts();
    settings.etag = EtagForm::kms;
    {
        const Fixture fixture(settings);
        const std::string id = fixture.client.init("x", 4, 4);
        const Heard heard = fixture.client.put(fixture.client.sign(id, 1), "aaaa");
        CHECK(heard.header("ETag").size() == 34);
        CHECK(heard.header("ETag") != "\"" + md5_hex("aaaa") + "\"");
        CHECK(heard.header("x-amz-server-side-encryption") == "aws:kms");
        CHECK(fixture.client.complete(id, {heard.header("ETag")}).status == 200);
    }
    settings.etag = EtagForm::opaque;
    const Fixture fixture(settings);
    CHECK(fixture.client.upload("x", {"aaaa", "bb"}).status == 200);
    CHECK(fixture.stored("x") == "aaaabb");
}

TEST_CASE("one part after the other, where parts may not overlap") {
    PlatformSettings settings = small_parts();
    settings.parallel_uploads = false;
    const Fixture fixture(settings);
    const Client& client = fixture.client;
    const std::string id = client.init("x", 8, 4);
    const auto path = [&](int part) { return "/upload/multipart/" + id + "/part/" + std::to_string(part); };
    CHECK(client.get(path(2)).code() == 8008);
    const std::string one = client.put_part(id, 1, "aaaa");
    CHECK(client.get(path(2)).code() == 8008);
    CHECK(client.post("/upload/multipart/" + id + "/part", part_json(1, one)).status == 200);
    const SignedUrl url = client.sign(id, 2);

    Wire wire(url.url);
    const std::string head =
        "PUT " + url.url.substr(url.url.find('/', 8)) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n";
    wire.send(head + "Expect: 100-continue\r\n\r\n");
    CHECK(wire.hear().status == 100); // now it is surely under way
    is_error(client.put(url, "bbbb"), 409, "OperationAborted");
    CHECK(client.get(path(2)).code() == 8008);
    wire.send("bbbb");
    const std::string two = wire.hear().header("ETag");
    CHECK(client.post("/upload/multipart/" + id + "/complete", R"({"parts":[)" + part_json(2, two) + "]}").status ==
          200);
    CHECK(fixture.stored("x") == "aaaabbbb");
}
