#include "verify_fixture.hpp"

#include "platform/platform_session.hpp"

namespace ferry::test {
namespace {

struct RecordsFixture : JobFixture {
    PlatformSession session{with_access(), {platform, quota, clock, random, log}, cancel};
    RemoteRecords records{session.api(), {.project = "me/project", .parent = {}}};

    PlatformOptions with_access() const { return options; }
    static VerifyItem by_id(const std::string& id, const std::string& name = "n") {
        VerifyItem item{.path = "/" + id, .name = name};
        item.id = id;
        return item;
    }
    static VerifyItem by_name(const std::string& name, const std::string& folder = {}) {
        return {.path = "/" + name, .name = name, .folder = folder};
    }
};

} // namespace

TEST_CASE("records of many ids take a call for each hundred, however often one is asked for") {
    RecordsFixture f;
    std::vector<VerifyItem> items;
    for (int i = 0; i < 250; ++i) {
        f.platform.put_file({.id = "f" + std::to_string(i), .name = "n", .content = std::string(std::size_t(i), 'x')});
        items.push_back(RecordsFixture::by_id("f" + std::to_string(i)));
    }
    items.push_back(items.front());
    const auto found = f.records.of(items);
    REQUIRE(found.ok());
    REQUIRE(found->size() == 251);
    for (std::size_t i = 0; i < 250; ++i) {
        CHECK((*found)[i].state == RecordState::found);
        CHECK((*found)[i].file.size == i);
    }
    CHECK((*found)[250].file.id == "f0");
    CHECK(f.platform.count("records") == 3);
    CHECK(f.session.calls() == 3);
}

TEST_CASE("by names it is a call for each hundred of a folder, and a folder that is not there is said") {
    RecordsFixture f;
    f.platform.put_file({.id = "d1", .name = "d", .content = {}, .folder = true});
    f.platform.put_file({.id = "f1", .name = "a", .content = "12345"});
    f.platform.put_file({.id = "f2", .name = "a", .content = "123", .parent = "d1"});
    f.platform.put_file({.id = "d2", .name = "x", .content = {}, .folder = true});
    const auto found = f.records.of({RecordsFixture::by_name("a"), RecordsFixture::by_name("a", "d"),
                                     RecordsFixture::by_name("b", "d"), RecordsFixture::by_name("a", "e/f"),
                                     RecordsFixture::by_name("x")});
    REQUIRE(found.ok());
    CHECK((*found)[0].file.id == "f1");
    CHECK((*found)[1].file.id == "f2");
    CHECK((*found)[2].state == RecordState::missing);
    CHECK((*found)[2].why == "is not on the platform");
    CHECK((*found)[3].why == "is not on the platform, which has no folder e/f there");
    CHECK((*found)[4].why == "is a folder on the platform");
    CHECK(f.platform.count("list") == 3); // the folders d and e; names of the target; names of d
    CHECK(f.platform.count("uploads") == 1);
}

TEST_CASE("a short list that lacks the size is made up for") {
    RecordsFixture f;
    f.platform.complete_tells_size = false;
    f.platform.put_file({.id = "f1", .name = "a", .content = "12345"});
    const auto found = f.records.of({RecordsFixture::by_name("a")});
    REQUIRE(found.ok());
    CHECK((*found)[0].file.size == 5u);
    CHECK(f.platform.count("file") == 1);
}

TEST_CASE("what is missing but open is told to be unfinished") {
    RecordsFixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "uploads")
            return std::nullopt;
        return reply(200, R"({"items":[{"upload_id":"u0","project":"me/other","name":"a"},
                                       {"upload_id":"u1","project":"me/project","name":"a"}]})");
    };
    const auto found = f.records.of({RecordsFixture::by_name("a"), RecordsFixture::by_id("gone", "b")});
    REQUIRE(found.ok());
    CHECK((*found)[0].why == "is not on the platform; upload u1 of that name is not finished: run its step again");
    CHECK((*found)[1].why == "is not on the platform any more");
    CHECK(f.platform.count("uploads") == 1);
}

TEST_CASE("an item's refusal is that file's own, a refusal of the whole is not") {
    RecordsFixture f;
    int status = 403;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "records" && status == 401)
            return reply(401, R"({"status":401,"code":90001,"message":"Unauthorized."})");
        if (call.kind == "records")
            return reply(200, R"({"items":[{"error":{"status":)" + std::to_string(status) +
                                  R"(,"code":5001,"message":"not yours"}}]})");
        return std::nullopt;
    };
    auto found = f.records.of({RecordsFixture::by_id("f1")});
    REQUIRE(found.ok());
    CHECK((*found)[0].state == RecordState::not_told);
    CHECK(has_text((*found)[0].why, "cannot be looked up on the platform: "));
    CHECK(has_text((*found)[0].why, "not yours"));
    status = 503; // goes by: a call of its own finds it
    f.platform.put_file({.id = "f1", .name = "a", .content = "12345"});
    found = f.records.of({RecordsFixture::by_id("f1")});
    REQUIRE(found.ok());
    CHECK((*found)[0].file.size == 5u);
    status = 401;
    CHECK(f.records.of({RecordsFixture::by_id("f1")}).error().kind == ErrorKind::auth);
}

} // namespace ferry::test
