#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

const std::string complete_target = "/v2/upload/multipart/up1/complete";
const std::string details_target = "/v2/upload/multipart/up1";
const std::string listing = "/v2/files?project=me%2Fproj&name=x.bam&limit=100&fields=_all";

const std::string done = R"({"href":"http://x","id":"f1","name":"x.bam","project":"me/proj","type":"file","size":100})";
const std::string still_open = R"({"upload_id":"up1","part_size":5242880,"parts":[]})";

std::string items(const std::string& more) {
    return R"({"href":"h","items":[{"id":"f7","name":"x.bam","project":"me/proj","type":"FILE")" + more +
           R"(}],"links":[]})";
}

const std::string mine = items(R"(,"size":100,"created_on":"2026-01-01T00:00:00Z")");

Result<RemoteFile> complete(ApiFixture& f, bool overwrite = false) {
    return f.api.complete("up1", ApiFixture::request(overwrite), {}, true);
}

} // namespace

TEST_CASE("complete sends the parts that are not reported yet, and waits longer than other calls") {
    for (const int status : {200, 201}) {
        ApiFixture f;
        f.script.expect("POST", complete_target, answer(status, done));
        const auto file = f.api.complete("up1", ApiFixture::request(),
                                         {{.number = 1, .headers = {{"ETag", "aa"}}},
                                          {.number = 2, .headers = {{"ETag", "b\"b"}, {"x-amz-version-id", "v"}}}},
                                         true);
        REQUIRE(file.ok());
        CHECK(file->id == "f1");
        CHECK(file->size == 100u);
        const RecordedRequest sent = f.script.requests().at(0);
        CHECK(sent.body == R"({"parts":[{"part_number":1,"response":{"headers":{"ETag":"aa"}}},)"
                           R"({"part_number":2,"response":{"headers":{"ETag":"b\"b","x-amz-version-id":"v"}}}]})");
        CHECK_FALSE(sent.repeatable);
        CHECK(sent.timeouts.answer == std::chrono::minutes(10));
    }
}

TEST_CASE("without parts the list is empty") {
    ApiFixture f;
    f.script.expect("POST", complete_target, answer(200, done));
    REQUIRE(complete(f).ok());
    CHECK(f.script.requests().at(0).body == R"({"parts":[]})");
}

TEST_CASE("a complete whose answer is lost but that was done answers the file that it has made") {
    for (const HttpOutcome& lost : {failure(FailureKind::lost_answer), failure(FailureKind::stalled),
                                    answer(502, "<html>"), answer(200, "gateway page"), answer(200, "")}) {
        ApiFixture f;
        f.script.expect("POST", complete_target, lost);
        f.script.expect("GET", details_target, refusal(404, 8003));
        f.script.expect("GET", listing, answer(200, mine));
        const auto file = complete(f);
        REQUIRE(file.ok());
        CHECK(file->id == "f7");
    }
}

TEST_CASE("a complete whose answer is lost and that was not done is repeated") {
    ApiFixture f;
    f.script.expect("POST", complete_target, failure(FailureKind::lost_answer));
    f.script.expect("GET", details_target, answer(200, still_open));
    f.script.expect("POST", complete_target, answer(200, done));
    const auto file = complete(f);
    REQUIRE(file.ok());
    CHECK(file->id == "f1");
}

TEST_CASE("a listing that lags behind is asked again") {
    ApiFixture f;
    f.script.expect("POST", complete_target, failure(FailureKind::stalled));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, R"({"items":[]})"));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, mine));
    CHECK(complete(f).ok());
    CHECK(f.clock.waited() > Duration(0));
}

TEST_CASE("an upload that is gone without a file is told as not found, so that the file starts over") {
    ApiFixture f;
    f.script.expect("POST", complete_target, failure(FailureKind::stalled));
    for (int i = 0; i < 3; ++i) {
        f.script.expect("GET", details_target, refusal(404, 8003));
        f.script.expect("GET", listing, answer(200, R"({"items":[]})"));
    }
    const auto file = complete(f);
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind == ErrorKind::not_found);
}

TEST_CASE("an upload that is gone at the first try may have been completed by a proxy's repetition") {
    ApiFixture f;
    f.script.expect("POST", complete_target, refusal(404, 8003));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, mine));
    const auto file = complete(f);
    REQUIRE(file.ok());
    CHECK(file->id == "f7");
}

TEST_CASE("an upload that is gone at the first try, and no file with it, is told after one look") {
    ApiFixture f;
    f.script.expect("POST", complete_target, refusal(404, 8003, "No such upload"));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, R"({"items":[]})"));
    const auto file = complete(f);
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind == ErrorKind::not_found);
    CHECK(file.error().message.find("code 8003") != std::string::npos);
}

TEST_CASE("an upload that is gone is not called gone while nobody can say whether a file has come of it") {
    ApiFixture f;
    f.context.retry.attempts = 1;
    f.script.expect("POST", complete_target, refusal(404, 8003));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(503, "<html>"));
    const auto file = complete(f);
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind != ErrorKind::not_found);
}

TEST_CASE("an upload that is gone at a later try may have been completed by an earlier one") {
    ApiFixture f;
    f.script.expect("POST", complete_target, refusal(503, 8000));
    f.script.expect("POST", complete_target, refusal(404, 8003));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, mine));
    const auto file = complete(f);
    REQUIRE(file.ok());
    CHECK(file->id == "f7");
}

TEST_CASE("what is not the file just made is not taken for it") {
    const std::vector<std::string> others{
        items(R"(,"size":99,"created_on":"2026-01-01T00:00:00Z")"),
        items(R"(,"size":100,"created_on":"2025-12-31T23:00:00Z")"), // the one to be overwritten
        R"({"items":[{"id":"d1","name":"x.bam","type":"folder","size":100,"created_on":"2026-01-01T00:00:00Z"}]})",
        R"({"items":[{"id":"f8","name":"X.BAM","size":100,"created_on":"2026-01-01T00:00:00Z"}]})",
    };
    for (const std::string& other : others) {
        CAPTURE(other);
        ApiFixture f;
        f.script.otherwise([&](const RecordedRequest& sent) -> HttpOutcome {
            if (sent.method == "POST")
                return failure(FailureKind::lost_answer);
            return sent.url.target == details_target ? refusal(404, 8003) : answer(200, other);
        });
        const auto file = complete(f, true);
        REQUIRE_FALSE(file.ok());
        CHECK(file.error().kind == ErrorKind::not_found);
    }
}

TEST_CASE("a short listing is filled from the file's own record") {
    ApiFixture f;
    f.script.expect("POST", complete_target, failure(FailureKind::lost_answer));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, items("")));
    f.script.expect("GET", "/v2/files/f7", answer(200, R"({"id":"f7","name":"x.bam","size":100})"));
    const auto file = complete(f);
    REQUIRE(file.ok());
    CHECK(file->size == 100u);
}

TEST_CASE("without a time of creation a file is not taken for the new one where one may be overwritten") {
    ApiFixture f;
    f.script.otherwise([&](const RecordedRequest& sent) -> HttpOutcome {
        if (sent.method == "POST")
            return failure(FailureKind::lost_answer);
        if (sent.url.target == "/v2/files/f7")
            return answer(200, R"({"id":"f7","name":"x.bam","size":100})");
        return sent.url.target == details_target ? refusal(404, 8003) : answer(200, items(R"(,"size":100)"));
    });
    CHECK_FALSE(complete(f, true).ok());
}

TEST_CASE("a file that is still being put together behind a gateway's timeout is waited for, not given up") {
    ApiFixture f;
    f.script.expect("POST", complete_target, answer(504, "<html>"));
    for (int i = 0; i < 30; ++i) { // far more than the tries that an error has
        f.script.expect("GET", details_target, answer(200, still_open));
        f.script.expect("POST", complete_target, refusal(409, 8007, "Could not complete"));
    }
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, mine));
    const auto file = complete(f);
    REQUIRE(file.ok());
    CHECK(file->id == "f7");
    CHECK(f.clock.waited() > std::chrono::minutes(4));
}

TEST_CASE("that wait has an end") {
    ApiFixture f;
    int completes = 0;
    f.script.otherwise([&](const RecordedRequest& sent) -> HttpOutcome {
        if (sent.method == "GET")
            return answer(200, still_open);
        return completes++ == 0 ? answer(504, "<html>") : refusal(409, 8007, "Could not complete");
    });
    const auto file = complete(f);
    REQUIRE_FALSE(file.ok());
    CAPTURE(file.error().message);
    CHECK(file.error().message.find("code 8007") != std::string::npos);
    CHECK(f.clock.waited() < std::chrono::minutes(15));
}

TEST_CASE("max_elapsed ends that wait too") {
    ApiFixture f;
    f.context.retry.max_elapsed = std::chrono::seconds(10);
    int completes = 0;
    f.script.otherwise([&](const RecordedRequest& sent) -> HttpOutcome {
        if (sent.method == "GET")
            return answer(200, still_open);
        return completes++ == 0 ? answer(504, "<html>") : refusal(409, 8007, "Could not complete");
    });
    CHECK_FALSE(complete(f).ok());
    CHECK(f.clock.waited() <= std::chrono::seconds(21)); // one look begun within the time, and the last try
}

TEST_CASE("a name taken by an earlier try of ours is our file, not a conflict") {
    ApiFixture f;
    f.script.expect("POST", complete_target, answer(504, "<html>"));
    f.script.expect("GET", details_target, answer(200, still_open));
    f.script.expect("POST", complete_target, refusal(409, 8005));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, mine));
    const auto file = complete(f);
    REQUIRE(file.ok());
    CHECK(file->id == "f7");
}

TEST_CASE("a name taken by somebody else stays a conflict, after bad tries too") {
    ApiFixture f;
    f.script.expect("POST", complete_target, refusal(503, 8000));
    f.script.expect("POST", complete_target, refusal(409, 8005));
    f.script.expect("GET", details_target, answer(200, still_open));
    const auto file = complete(f);
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind == ErrorKind::conflict);
    CHECK(file.error().message.find("choose another name") != std::string::npos);
}

TEST_CASE("even the last try's loss is looked into") {
    ApiFixture f;
    f.context.retry.attempts = 1;
    f.script.expect("POST", complete_target, failure(FailureKind::lost_answer));
    f.script.expect("GET", details_target, refusal(404, 8003));
    f.script.expect("GET", listing, answer(200, mine));
    const auto file = complete(f);
    REQUIRE(file.ok());
    CHECK(file->id == "f7");
}

TEST_CASE("8007 is tried again, within bounds") {
    ApiFixture f;
    f.script.expect("POST", complete_target, refusal(409, 8007));
    f.script.expect("POST", complete_target, answer(200, done));
    CHECK(complete(f).ok());

    ApiFixture g;
    g.script.otherwise([](const RecordedRequest&) { return refusal(409, 8007, "Could not complete"); });
    const auto file = complete(g);
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().kind == ErrorKind::incomplete);
    CHECK(file.error().message.find("code 8007: Could not complete") != std::string::npos);
    CHECK(g.script.requests().size() == 4);

    ApiFixture h; // not patient: the parts are to be looked at
    h.script.otherwise([](const RecordedRequest&) { return refusal(409, 8007, "Could not complete"); });
    const auto hasty = h.api.complete("up1", ApiFixture::request(), {}, false);
    REQUIRE_FALSE(hasty.ok());
    CHECK(hasty.error().kind == ErrorKind::incomplete);
    CHECK(h.script.requests().size() == 2);
}

TEST_CASE("a name taken at the end is a conflict, a refused token is auth") {
    ApiFixture f;
    f.script.expect("POST", complete_target, refusal(409, 8005));
    CHECK(complete(f).error().kind == ErrorKind::conflict);
    f.script.expect("POST", complete_target, refusal(401, 90001));
    CHECK(complete(f).error().kind == ErrorKind::auth);
    f.script.expect("POST", complete_target, refusal(403, 8001));
    CHECK(complete(f).error().kind == ErrorKind::rights);
}

} // namespace ferry::test
