#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

const Target project{.project = "me/proj", .parent = {}};

std::string file_item(const std::string& name) {
    return R"({"id":"id-)" + name + R"(","name":")" + name + R"(","type":"file","size":1})";
}

} // namespace

TEST_CASE("a part is reported with its headers; a report may be repeated") {
    ApiFixture f;
    f.script.expect("POST", "/v2/upload/multipart/up%201/part", failure(FailureKind::lost_answer));
    f.script.expect("POST", "/v2/upload/multipart/up%201/part", answer(200));
    CHECK(f.api.report("up 1", {.number = 7, .headers = {{"ETag", "ab"}}}).ok());
    CHECK(f.script.requests().at(1).body == R"({"part_number":7,"response":{"headers":{"ETag":"ab"}}})");
    CHECK(f.script.requests().at(1).repeatable);
    f.script.expect("POST", "/v2/upload/multipart/u/part", refusal(404, 8003));
    CHECK(f.api.report("u", {.number = 1, .headers = {}}).error().kind == ErrorKind::not_found);
}

TEST_CASE("an abort succeeds with any 2xx and where the upload is gone") {
    for (const HttpOutcome& outcome : {answer(204), answer(200, "{}"), refusal(404, 8003)}) {
        ApiFixture f;
        f.script.expect("DELETE", "/v2/upload/multipart/up1", outcome);
        CHECK(f.api.abort("up1").ok());
    }
    ApiFixture f;
    f.script.expect("DELETE", "/v2/upload/multipart/up1", refusal(409, 8009));
    f.script.expect("DELETE", "/v2/upload/multipart/up1", refusal(401, 90001));
    CHECK(f.api.abort("up1").error().kind == ErrorKind::auth);
}

TEST_CASE("an abort can tell whether there was anything to abort, and does not give up at once") {
    ApiFixture f;
    f.script.expect("DELETE", "/v2/upload/multipart/up1", refusal(409, 8009));
    f.script.expect("DELETE", "/v2/upload/multipart/up1", answer(204));
    const auto open = f.api.abort_if_open("up1");
    REQUIRE(open.ok());
    CHECK(*open);
    f.script.expect("DELETE", "/v2/upload/multipart/up1", refusal(404, 8003));
    const auto gone = f.api.abort_if_open("up1");
    REQUIRE(gone.ok());
    CHECK_FALSE(*gone);
}

TEST_CASE("details tell whose upload it is, as far as the platform does") {
    ApiFixture f;
    f.script.expect("GET", "/v2/upload/multipart/u1?list_parts=true",
                    answer(200, R"({"upload_id":"u1","project":"me/proj","name":"a","part_size":5,
                        "initiated":"2016-01-01T00:00:00Z","parts":[]})"));
    const auto state = f.api.upload_state("u1");
    REQUIRE(state.ok());
    REQUIRE(state->has_value());
    CHECK((*state)->about.project == "me/proj");
    CHECK((*state)->about.initiated == "2016-01-01T00:00:00Z");
    CHECK((*state)->about.parent.empty());
}

TEST_CASE("open uploads, with fields left out") {
    ApiFixture f;
    f.script.expect("GET", "/v2/upload/multipart", answer(200, R"({"items":[
        {"href":"h","project":"me/proj","name":"a","initiated":"2016-01-01T00:00:00Z","upload_id":"u1"},
        {"upload_id":"u2","name":null,"parent":"p"}]})"));
    const auto uploads = f.api.open_uploads();
    REQUIRE(uploads.ok());
    REQUIRE(uploads->size() == 2);
    CHECK(uploads->at(0).project == "me/proj");
    CHECK(uploads->at(0).initiated == "2016-01-01T00:00:00Z");
    CHECK(uploads->at(1).name.empty());
    CHECK(uploads->at(1).parent == "p");
}

TEST_CASE("a list of uploads that links on for ever ends where it brings nothing new") {
    ApiFixture f;
    const std::string links = R"(],"links":[{"href":"https://evil.example/","rel":"next","method":"GET"}]})";
    f.script.expect("GET", "/v2/upload/multipart", answer(200, R"({"items":[{"upload_id":"u1"})" + links));
    f.script.expect("GET", "/v2/upload/multipart?offset=1", answer(200, R"({"items":[{"upload_id":"u2"})" + links));
    f.script.expect("GET", "/v2/upload/multipart?offset=2", answer(200, R"({"items":[{"upload_id":"u2"})" + links));
    const auto uploads = f.api.open_uploads();
    REQUIRE(uploads.ok());
    CHECK(uploads->size() == 2);
}

TEST_CASE("names are looked up exactly, a hundred at a time") {
    ApiFixture f;
    std::vector<std::string> names;
    for (int i = 0; i < 150; ++i)
        names.push_back("n" + std::to_string(i));
    f.script.expect("GET", "/v2/files?project=me%2Fproj&name=n0&name=n1&*",
                    answer(200, R"({"items":[)" + file_item("n3") + "," + file_item("somebody-elses") + "]}"));
    f.script.expect("GET", "/v2/files?project=me%2Fproj&name=n100&*", answer(200, R"({"items":[]})"));
    const auto found = f.api.find_names(project, names);
    REQUIRE(found.ok());
    REQUIRE(found->size() == 1);
    CHECK(found->at(0).id == "id-n3");
    CHECK(f.script.requests().at(0).url.target.ends_with("&name=n99&limit=100&fields=_all"));
}

TEST_CASE("a look-up is split where its URL would pass 6,000 characters, and no name is lost") {
    ApiFixture f;
    std::vector<std::string> names;
    for (int i = 0; i < 26; ++i)
        names.push_back(std::string(250, static_cast<char>('a' + i)) + "\xc3\xbc &+#");
    names.push_back(std::string(3000, '&')); // alone it is too long already: then it goes alone
    std::size_t asked = 0;
    f.script.otherwise([&](const RecordedRequest& sent) {
        const std::string& target = sent.url.target;
        for (std::size_t at = target.find("&name="); at != std::string::npos; at = target.find("&name=", at + 1))
            ++asked;
        CHECK((sent.url.origin().size() + target.size() <= 6000 || target.find("%26%26") != std::string::npos));
        CHECK(target.find(' ') == std::string::npos);
        return answer(200, R"({"items":[]})");
    });
    REQUIRE(f.api.find_names({.project = {}, .parent = "a b"}, names).ok());
    CHECK(asked == names.size());
    CHECK(f.script.requests().size() == 3);
    CHECK(f.script.requests().at(0).url.target.starts_with("/v2/files?parent=a%20b&name=aaa"));
}

TEST_CASE("a look-up follows its pages by offset, never by href") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files?project=me%2Fproj&name=a&name=b&limit=100&fields=_all",
                    answer(200, R"({"items":[)" + file_item("a") + R"(],"links":[{"href":"https://evil.example/x",)" +
                                    R"("rel":"next","method":"GET"}]})"));
    f.script.expect("GET", "/v2/files?project=me%2Fproj&name=a&name=b&limit=100&fields=_all&offset=1",
                    answer(200, R"({"items":[)" + file_item("b") + R"(],"links":[{"rel":"prev"}]})"));
    const auto found = f.api.find_names(project, {"a", "b"});
    REQUIRE(found.ok());
    CHECK(found->size() == 2);
}

TEST_CASE("without names one entry proves token and project in one call") {
    ApiFixture f;
    f.script.expect("GET", "/v2/files?project=me%2Fproj&limit=1",
                    answer(200, R"({"items":[)" + file_item("a") + R"(],"links":[{"rel":"next"}]})"));
    CHECK(f.api.find_names(project, {}).ok());
    f.script.expect("GET", "/v2/files?project=me%2Fproj&limit=1", refusal(404, 3002, "no project"));
    const auto unknown = f.api.find_names(project, {});
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().kind == ErrorKind::not_found);
    CHECK(unknown.error().message.starts_with("cannot list the files of me/proj: "));
}

TEST_CASE("lists that are no lists") {
    for (const std::string body : {"{}", R"({"items":null})", R"({"items":{}})", R"({"items":[7]})",
                                   R"({"items":[null]})", R"({"items":[{}]})", R"({"items":[{"id":"x"},[]]})", "[]"}) {
        CAPTURE(body);
        ApiFixture f;
        f.script.otherwise([&](const RecordedRequest&) { return answer(200, body); });
        CHECK(f.api.find_names(project, {"a"}).status().error().kind == ErrorKind::platform);
        CHECK(f.api.open_uploads().status().error().kind == ErrorKind::platform);
    }
}

} // namespace ferry::test
