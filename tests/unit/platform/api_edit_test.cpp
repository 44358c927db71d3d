#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

constexpr const char* path = "/v2/bulk/files/edit";

std::vector<FileEdit> two_edits() {
    return {{.id = "f1", .metadata = {.pairs = {{"k", "v\"w"}}, .tags = std::vector<std::string>{"t 1"}}},
            {.id = "f2", .metadata = {.pairs = {{"k", "2"}}, .tags = {}}}};
}

} // namespace

TEST_CASE("an edit names each file with what it is to get, and may be repeated") {
    ApiFixture f;
    f.script.expect("POST", path, failure(FailureKind::lost_answer));
    f.script.expect("POST", path, answer(200, R"({"items":[{"resource":{"id":"f1"}},{"resource":{}}]})"));
    const auto answers = f.api.edit_files(two_edits(), EditKey::id);
    REQUIRE(answers.ok());
    REQUIRE(answers->size() == 2);
    CHECK(answers->at(0).verdict == Verdict::success);
    CHECK(answers->at(1).verdict == Verdict::success);
    CHECK(f.script.requests().at(0).body ==
          R"({"items":[{"id":"f1","metadata":{"k":"v\"w"},"tags":["t 1"]},{"id":"f2","metadata":{"k":"2"}}]})");
    f.script.expect("POST", path, answer(200, R"({"items":[{"resource":{}},{"resource":{}}]})"));
    REQUIRE(f.api.edit_files(two_edits(), EditKey::file_id).ok());
    CHECK(f.script.requests().at(2).body.starts_with(R"({"items":[{"file_id":"f1",)"));
}

TEST_CASE("each item's error is judged for itself") {
    ApiFixture f;
    f.script.expect("POST", path, answer(200, R"({"items":[{"error":{"status":403,"code":5009,"message":"not yours"}},
                                             {"resource":null,"error":{"status":"503","code":5010}}]})"));
    const auto answers = f.api.edit_files(two_edits(), EditKey::id);
    REQUIRE(answers.ok());
    CHECK(answers->at(0).verdict == Verdict::rights); // of a file: the token is still good
    CHECK(answers->at(0).error.kind == ErrorKind::rights);
    CHECK(answers->at(0).error.message ==
          "the platform answered HTTP 403 (code 5009: not yours); the user of the token from the variable "
          "SB_AUTH_TOKEN needs rights for this in the project: ask one of its administrators for them");
    CHECK(answers->at(1).verdict == Verdict::permanent); // a status that is no number tells nothing
    f.script.expect("POST", path, answer(200, R"({"items":[{"error":{"status":503,"code":5010}},{"error":"odd"}]})"));
    const auto down = f.api.edit_files(two_edits(), EditKey::id);
    REQUIRE(down.ok());
    CHECK(down->at(0).verdict == Verdict::transient);
    CHECK(down->at(1).verdict == Verdict::permanent);
}

TEST_CASE("answers of another number of items, or of other files, are no answers") {
    for (const char* body : {"", "{}", "[]", R"({"items":[]})", R"({"items":[{"resource":{}}]})",
                             R"({"items":[{},{}]})", R"({"items":[{"resource":{"id":"f2"}},{"resource":{"id":"f1"}}]})",
                             R"({"items":[1,2]})", R"({"items":[{"resource":{}},{"resource":{}},{"resource":{}}]})"}) {
        CAPTURE(body);
        ApiFixture f;
        for (int i = 0; i < 4; ++i)
            f.script.expect("POST", path, answer(200, body));
        const auto answers = f.api.edit_files(two_edits(), EditKey::id);
        REQUIRE_FALSE(answers.ok());
        CHECK(answers.error().kind == ErrorKind::platform);
        CHECK(answers.error().message.starts_with("cannot set the metadata and tags of 2 files: "));
    }
}

TEST_CASE("a call that is refused as a whole says so") {
    ApiFixture f;
    f.script.expect("POST", path, refusal(400, 90000));
    CHECK(f.api.edit_files(two_edits(), EditKey::id).error().kind == ErrorKind::platform);
    f.script.expect("POST", path, refusal(401, 90001));
    CHECK(f.api.edit_files(two_edits(), EditKey::id).error().kind == ErrorKind::auth);
}

TEST_CASE("at a stop there is one try, which needs no token that is not cancelled") {
    ApiFixture f;
    f.cancel.cancel();
    f.script.expect("POST", path, answer(200, R"({"items":[{"resource":{}},{"error":{"status":400}}]})"));
    const auto answers = f.api.edit_at_stop(two_edits(), EditKey::id, Duration{300});
    REQUIRE(answers);
    CHECK(answers->at(0).verdict == Verdict::success);
    CHECK(answers->at(1).verdict == Verdict::permanent);
    CHECK(f.script.requests().at(0).timeouts.answer == Duration{300});
    f.script.expect("POST", path, answer(503));
    CHECK_FALSE(f.api.edit_at_stop(two_edits(), EditKey::id, Duration{300}));
}

} // namespace ferry::test
