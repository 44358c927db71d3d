#include "unfinished_fixture.hpp"

namespace ferry::test {

TEST_CASE("what is open is told with what the platform and the journals know, oldest first") {
    UnfinishedFixture f;
    const std::string young = f.leave("young", "2025-12-31T23:00:00Z");
    const std::string old = f.leave("old", "2025-12-31T20:59:30Z");
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "uploads")
            return std::nullopt;
        return reply(200, R"({"items":[
          {"upload_id":"upload-1","name":"young","project":"me/project","initiated":"2025-12-31T23:00:00Z"},
          {"upload_id":"strange","name":"x","project":"me/other"},
          {"upload_id":"upload-2","name":"old","project":"me/project","initiated":"2025-12-31T20:59:30Z"},
          {"upload_id":"ended","name":"y","project":"me/project"}]})");
    };
    const ListSummary found = f.list();
    REQUIRE_MESSAGE(found.status.ok(), found.status.error().message);
    REQUIRE(found.uploads.size() == 2);
    const UnfinishedUpload& first = found.uploads[0];
    CHECK(first.upload.upload_id == old);
    CHECK(first.upload.project == "me/project");
    CHECK(first.age == std::chrono::hours(3) + std::chrono::seconds(30));
    CHECK(first.parts_reported == 3); // the stop reported them
    CHECK(first.part_size == 10);
    REQUIRE(first.best_known());
    CHECK(first.best_known()->parts_stored == 3);
    CHECK(first.best_known()->parts() == 5);
    CHECK(first.folder == "");
    CHECK(first.best_known()->path == (f.dir / "old").string());
    CHECK(found.uploads[1].upload.upload_id == young);
    CHECK(found.api_calls == 5); // target, list, three looks; the other project's is not looked at
    CHECK(f.log.contains(LogLevel::info, "upload upload-2 of 'old', begun 3 h 00 min ago, 3 parts reported"));
    CHECK(f.log.contains(LogLevel::info, "2 unfinished uploads in project me/project"));
}

TEST_CASE("an upload that only the platform knows is told all the same, without a state directory too") {
    UnfinishedFixture f;
    (void)f.leave("a", "2025-12-31T23:00:00Z");
    f.options.state_dir.clear();
    const ListSummary found = f.list();
    REQUIRE(found.uploads.size() == 1);
    CHECK(found.uploads[0].best_known() == nullptr);
}

TEST_CASE("where the list leaves the target out, details tell it, and what nobody tells is counted") {
    UnfinishedFixture f;
    f.options.state_dir.clear();
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "uploads")
            return reply(200, R"({"items":[{"upload_id":"u1"},{"upload_id":"u2"},{"upload_id":"u3"},
                                           {"upload_id":"u4","project":"me/project"}]})");
        if (call.kind != "details")
            return std::nullopt;
        if (call.upload == "u1")
            return reply(200, R"({"upload_id":"u1","part_size":7,"name":"n","project":"me/project"})");
        if (call.upload == "u2")
            return reply(200, R"({"upload_id":"u2","part_size":7,"project":"me/other"})");
        return reply(200, call.upload == "u3" ? R"({"upload_id":"u3","part_size":7})" : R"({"no":"sense"})");
    };
    const ListSummary found = f.list();
    REQUIRE_MESSAGE(found.status.ok(), found.status.error().message);
    REQUIRE(found.uploads.size() == 2);
    CHECK(found.uploads[0].upload.name == "n");
    CHECK_FALSE(found.uploads[0].age);
    CHECK(found.uploads[1].upload.upload_id == "u4");
    CHECK_FALSE(found.uploads[1].parts_reported); // its details make no sense
    CHECK(f.log.contains(LogLevel::warn, "1 open upload is left out: the platform does not tell whether it belongs to "
                                         "project me/project"));
}

TEST_CASE("of a folder: told by the list, by a journal, or not at all") {
    UnfinishedFixture f;
    f.platform.put_file({.id = "dir1", .name = "dir", .content = {}, .folder = true});
    f.options.target = {.project = {}, .parent = "dir1"};
    (void)f.leave("known", "2025-12-31T23:00:00Z"); // the platform's list has no parent
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "uploads")
            return std::nullopt;
        return reply(200, R"({"items":[{"upload_id":"upload-1","name":"known","project":"me/project"},
          {"upload_id":"u2","parent":"dir1"},{"upload_id":"u3","parent":"dir2","project":"me/project"},
          {"upload_id":"u4","project":"me/other"}]})");
    };
    const ListSummary found = f.list({.project = {}, .parent = "dir1"});
    REQUIRE_MESSAGE(found.status.ok(), found.status.error().message);
    REQUIRE(found.uploads.size() == 1); // u2 is gone when it is looked at
    CHECK(found.uploads[0].upload.upload_id == "upload-1");
    CHECK(f.log.count(LogLevel::warn) == 0);

    f.platform.put_file({.id = "file1", .name = "f", .content = {}});
    CHECK(f.list({.project = {}, .parent = "file1"}).status.error().message.find("not a folder") != std::string::npos);
    CHECK(f.list({.project = {}, .parent = "none"}).status.error().kind == ErrorKind::not_found);
}

TEST_CASE("folders are told by their paths, each looked up once, and an upload without one all the same") {
    UnfinishedFixture f;
    f.options.state_dir.clear();
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "uploads")
            return reply(200, R"({"items":[{"upload_id":"u1","parent":"run1","project":"me/project"},
              {"upload_id":"u2","parent":"run2","project":"me/project"},
              {"upload_id":"u3","parent":"run1","project":"me/project"},
              {"upload_id":"u4","parent":"ring","project":"me/project"},
              {"upload_id":"u5","parent":"none","project":"me/project"},
              {"upload_id":"u6","parent":"top","project":"me/project"}]})");
        if (call.kind == "details")
            return reply(200, R"({"upload_id":"u","part_size":7})");
        if (call.kind != "file")
            return std::nullopt;
        if (call.name == "run1" || call.name == "run2")
            return reply(200, R"({"id":"r","name":")" + call.name + R"(","type":"folder","parent":"results"})");
        if (call.name == "results")
            return reply(200, R"({"id":"results","name":"results","type":"FOLDER","parent":"top"})");
        if (call.name == "ring")
            return reply(200, R"({"id":"ring","name":"ring","type":"folder","parent":"ring"})");
        if (call.name == "top")
            return reply(200, R"({"id":"top","name":"me-project","type":"folder"})");
        return refused(404, 5002);
    };
    const ListSummary found = f.list();
    REQUIRE_MESSAGE(found.status.ok(), found.status.error().message);
    REQUIRE(found.uploads.size() == 6);
    const auto folder = [&](std::size_t i) { return found.uploads[i].folder.value_or("?"); };
    CHECK(folder(0) == "results/run1");
    CHECK(folder(1) == "results/run2");
    CHECK(folder(2) == "results/run1");
    CHECK(folder(3) == "?");
    CHECK(folder(4) == "?");
    CHECK(folder(5) == "");
    CHECK(f.platform.count("file") == 6);
}

TEST_CASE("a refused token and a stop end the list with nothing") {
    UnfinishedFixture f;
    (void)f.leave("a", "2025-12-31T23:00:00Z");
    f.platform.hook = [](const Call& call, CancelToken&) {
        return call.kind == "details" ? std::optional(refused(401, 90001)) : std::nullopt;
    };
    const ListSummary found = f.list();
    CHECK(found.status.error().kind == ErrorKind::auth);
    CHECK(found.uploads.empty());
    CHECK_FALSE(f.log.mentions(FakePlatform::token));
    f.cancel.cancel();
    CHECK(f.list().status.error().kind == ErrorKind::cancelled);
}

} // namespace ferry::test
