// Requests shaped like those of the clients that the platform serves today (contract, section 9).
#include "client.hpp"

#include <doctest/doctest.h>

using namespace ferry::test;
using namespace ferry::platform;

TEST_CASE("PY: null as the body of every GET and of complete, True, trailing slashes, {} on DELETE") {
    const Fixture fixture(small_parts());
    const Client& client = fixture.client;
    CHECK(client.api("GET", "/user", "null").status == 200);
    const Heard begun = client.post("/upload/multipart?overwrite=True",
                                    R"({"project":"me/my-project","name":"x","size":4,"part_size":4})");
    CHECK(begun.status == 200);
    const std::string id = begun.text("upload_id");
    const Heard signed_part = client.api("GET", "/upload/multipart/" + id + "/part/1/", "null");
    CHECK(signed_part.status == 200);
    const std::string etag = client.put({signed_part.text("url"), {}}, "aaaa").header("ETag");
    CHECK(client.post("/upload/multipart/" + id + "/part/", part_json(1, etag)).status == 200);
    CHECK(client.post("/upload/multipart/" + id + "/complete", "null").status == 200);
    CHECK(fixture.stored("x") == "aaaa");
    const std::string other = client.init("y", 4);
    CHECK(client.api("DELETE", "/upload/multipart/" + other, "{}").status == 204);
}

TEST_CASE("PY: k*P+1 bytes as a part of P+1 and a last one of none") {
    const Fixture fixture(small_parts());
    const std::string id = fixture.client.init("x", 9, 4);
    const std::vector<std::string> etags{fixture.client.put_part(id, 1, "aaaa"),
                                         fixture.client.put_part(id, 2, "bbbbb"), fixture.client.put_part(id, 3, "")};
    CHECK(fixture.client.complete(id, etags).number("size") == 9);
    CHECK(fixture.stored("x") == "aaaabbbbb");
}

TEST_CASE("R2: FALSE, paging keys on POSTs, and every part again in complete") {
    const Fixture fixture(small_parts());
    const Client& client = fixture.client;
    const std::string extra = "limit=50&offset=0&fields=_all";
    const Heard begun = client.post("/upload/multipart?overwrite=FALSE&" + extra,
                                    R"({"project":"me/my-project","name":"x","size":8,"part_size":4})");
    const std::string id = begun.text("upload_id");
    const std::vector<std::string> etags{client.put_part(id, 1, "aaaa"), client.put_part(id, 2, "bbbb")};
    for (int part = 1; part <= 2; ++part)
        CHECK(client
                  .post("/upload/multipart/" + id + "/part?" + extra,
                        part_json(part, etags[static_cast<std::size_t>(part) - 1]))
                  .status == 200);
    CHECK(client.post("/upload/multipart/" + id + "/complete?" + extra, parts_json(etags)).status == 200);
    CHECK(fixture.stored("x") == "aaaabbbb");
}

TEST_CASE("R1 and GO: an empty list, an empty body, and no body at all in complete") {
    const Fixture fixture(small_parts());
    const Client& client = fixture.client;
    int number = 0;
    for (const std::optional<std::string>& body :
         {std::optional<std::string>(R"({"parts":[]})"), std::optional<std::string>(""),
          std::optional<std::string>("{}"), std::optional<std::string>()}) {
        const std::string name = "file" + std::to_string(++number);
        const std::string id = client.init(name, 4, 4);
        const std::string etag = client.put_part(id, 1, "aaaa");
        // Bare in the docs, in quotes from these clients, in any case of the key.
        const std::string report = R"({"part_number":1,"response":{"headers":{"etag":)" + quoted(etag) + "}}}";
        CHECK(client.post("/upload/multipart/" + id + "/part/", report).status == 200);
        const Heard done = client.send(fixture.platform.api() + "/upload/multipart/" + id + "/complete/", "POST",
                                       {{"Authorization", "Bearer " + fixture.platform.token()}}, body);
        CHECK(done.status == 200);
        CHECK(fixture.stored(name) == "aaaa");
    }
}

TEST_CASE("empty files: one part of nothing, or no part") {
    const Fixture fixture;
    const std::string id = fixture.client.init("one-part", 0);
    CHECK(fixture.client.complete(id, {fixture.client.put_part(id, 1, "")}).number("size") == 0);
    CHECK(fixture.stored("one-part").empty());
    CHECK(fixture.client.complete(fixture.client.init("no-part", 0), {}).number("size") == 0);
    CHECK(fixture.stored("no-part").empty());
    CHECK(std::filesystem::file_size(fixture.dir / "projects/me/my-project/no-part") == 0);
}

TEST_CASE("report many, then complete with the rest; repeats are harmless, the last one counts") {
    const Fixture fixture(small_parts());
    const Client& client = fixture.client;
    const std::string id = client.init("x", 12, 4);
    const std::string one = client.put_part(id, 1, "aaaa");
    const std::string two = client.put_part(id, 2, "bbbb");
    const std::string wrong = "00000000000000000000000000000000";
    const Heard many = client.post("/upload/multipart/" + id + "/", parts_json({wrong, two}));
    CHECK(many.status == 200);
    CHECK(many.body.empty());
    CHECK(client.post("/upload/multipart/" + id, parts_json({one})).status == 200);
    const std::string three = client.put_part(id, 3, "cccc");
    CHECK(client.post("/upload/multipart/" + id + "/complete", R"({"parts":[)" + part_json(3, three) + "]}").status ==
          200);
    CHECK(fixture.stored("x") == "aaaabbbbcccc");
}

TEST_CASE("JAVA: builds its URLs from href, which may speak plain http") {
    PlatformSettings settings;
    settings.href_scheme = "https";
    const Fixture fixture(settings);
    const Heard begun = fixture.client.post("/upload/multipart", R"({"project":"me/my-project","name":"x","size":1})");
    CHECK(begun.text("href").starts_with("https://127.0.0.1:"));
}

TEST_CASE("a chunked request body is understood by the API") {
    const Fixture fixture;
    Wire wire(fixture.platform.api());
    wire.send("POST /v2/upload/multipart HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-SBG-Auth-Token: " +
              fixture.platform.token() + "\r\n\r\n");
    const std::string body = R"({"project":"me/my-project","name":"x"})";
    wire.send("5\r\n" + body.substr(0, 5) + "\r\n21\r\n" + body.substr(5) + "\r\n0\r\n\r\n");
    CHECK(body.size() == 5 + 0x21);
    CHECK(wire.hear().status == 200);
    // And the connection is good for the next one.
    wire.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(wire.hear().status == 200);
}
