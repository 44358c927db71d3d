#include "resume/upload_journal.hpp"
#include "unfinished_fixture.hpp"

#include <unistd.h>

namespace ferry::test {

namespace {

// The journal that knows one upload, held by this process as by a step that is at work.
std::unique_ptr<UploadJournal> at_work(UnfinishedFixture& f, const std::string& upload_id) {
    const auto known = known_uploads(f.options.state_dir, endpoint_text(f.options), f.log);
    const auto found = known->of({.upload_id = upload_id, .project = {}, .parent = {}, .name = {}, .initiated = {}});
    REQUIRE(found.size() == 1);
    auto opened = UploadJournal::open_existing(f.options.state_dir, found[0].journal, "it",
                                               {.clock = f.clock, .log = f.log, .on_lost = {}}, f.cancel);
    REQUIRE(opened.ok());
    return std::move(*opened);
}

std::string this_pid() {
    return "process " + std::to_string(::getpid()) + " on host ";
}

} // namespace

TEST_CASE("what is aborted is gone here and there, and its step begins anew without complaint") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-31T23:00:00Z");
    const std::string b = f.leave("b", "2025-12-31T23:00:00Z");
    const AbortSummary done = f.abort_ids({a, a});
    CHECK(done.status.ok());
    CHECK(done.aborted == std::vector<std::string>{a});
    CHECK(done.skipped.empty());
    CHECK(done.api_calls == 1);
    CHECK(f.platform.open_uploads() == 1);
    const std::size_t warnings = f.log.count(LogLevel::warn);
    const std::size_t puts = f.platform.count("put");
    CHECK(f.go_on("a").status.ok());
    CHECK(f.platform.count("put") == puts + 5);
    CHECK(f.go_on("b").status.ok()); // whose parts are still there
    CHECK(f.platform.count("put") == puts + 5 + 2);
    CHECK(f.log.count(LogLevel::warn) == warnings);
    CHECK(f.platform.open_uploads() == 0);
}

TEST_CASE("what is gone already counts as aborted, and that is said") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-31T23:00:00Z");
    f.platform.forget_upload(a);
    const AbortSummary done = f.abort_ids({a, "never-was"});
    CHECK(done.status.ok());
    CHECK(done.aborted == std::vector<std::string>{a, "never-was"});
    CHECK(f.log.contains(LogLevel::info, "upload never-was is not open on the platform: it counts as aborted"));
    CHECK(f.go_on("a").status.ok());
    CHECK(f.log.count(LogLevel::warn) == 0);
}

TEST_CASE("an upload that is gone because it was put together stays known, so that its file is found") {
    UnfinishedFixture f;
    f.options.files.clear();
    const std::string content = f.add("a", 50);
    f.platform.initiated = "2026-01-01T00:00:10Z";
    CancelToken stopped;
    f.platform.lose_answer = [&stopped](const Call& call) {
        if (call.kind == "complete")
            stopped.cancel();
        return call.kind == "complete";
    };
    const UploadEnvironment environment{f.platform, f.arena, f.quota, f.pace, f.clock, f.random, f.log};
    CHECK_FALSE(run_upload(f.options, environment, f.listener, stopped).status.ok());
    f.platform.lose_answer = {};
    CHECK(f.abort_ids({"upload-1"}).status.ok());
    CHECK(f.log.contains(LogLevel::info, "the next run of its step finds out"));
    CHECK(f.go_on("a").status.ok());
    CHECK(f.platform.files().size() == 1);
    CHECK(f.platform.content("a") == content);
}

TEST_CASE("one failure does not stop the rest, a refused token does") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-31T23:00:00Z");
    const std::string b = f.leave("b", "2025-12-31T23:00:00Z");
    const std::string c = f.leave("c", "2025-12-31T23:00:00Z");
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "abort" && call.upload == a)
            return refused(403, 8001);
        if (call.kind == "abort" && call.upload == b)
            return refused(409, 8009);
        return std::nullopt;
    };
    const AbortSummary some = f.abort_ids({a, b, c});
    CHECK(some.aborted == std::vector<std::string>{c});
    REQUIRE(some.skipped.size() == 2);
    CHECK(some.skipped[1].upload_id == b);
    CHECK(some.skipped[1].reason.find("4 tries failed") != std::string::npos);
    CHECK(some.status.error().kind == ErrorKind::rights);
    CHECK(some.status.error().message.find("; and 1 more could not be aborted") != std::string::npos);
    CHECK(f.list().uploads.at(0).best_known()); // of what failed nothing is forgotten

    f.platform.hook = [](const Call&, CancelToken&) { return std::optional(refused(401, 90001)); };
    const std::size_t before = f.platform.count("abort");
    const AbortSummary none = f.abort_ids({a, b});
    CHECK(none.status.error().kind == ErrorKind::auth);
    CHECK(none.status.error().message.find("0 of 2 uploads aborted before") != std::string::npos);
    CHECK(f.platform.count("abort") == before + 1);
}

TEST_CASE("an abort that the platform cannot do yet is tried again") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-31T23:00:00Z");
    f.platform.hook = [](const Call& call, CancelToken&) {
        return call.kind == "abort" && call.nth <= 2 ? std::optional(refused(409, 8009)) : std::nullopt;
    };
    CHECK(f.abort_ids({a}).status.ok());
    CHECK(f.platform.open_uploads() == 0);
}

TEST_CASE("an upload in work is refused by its id, with its owner, and skipped by age") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-30T00:00:00Z");
    const std::string b = f.leave("b", "2025-12-30T00:00:00Z");
    auto owner = at_work(f, a);
    for (const bool dry_run : {true, false}) {
        CAPTURE(dry_run);
        const AbortSummary named = f.abort_ids({a}, dry_run);
        CHECK(named.status.error().kind == ErrorKind::conflict);
        CHECK(named.status.error().message.find(this_pid()) != std::string::npos);
        CHECK(named.aborted.empty());
        CHECK(f.platform.count("abort") == 0);
    }
    const AbortSummary aged = f.abort_older(std::chrono::hours(24));
    CHECK(aged.status.ok());
    CHECK(aged.aborted == std::vector<std::string>{b});
    REQUIRE(aged.skipped.size() == 1);
    CHECK(aged.skipped[0].upload_id == a);
    CHECK(aged.skipped[0].reason.find(this_pid()) != std::string::npos);
    owner.reset();
    CHECK(f.abort_older(std::chrono::hours(24)).aborted == std::vector<std::string>{a});
    CHECK(f.clock.waited() == Duration{0});
}

TEST_CASE("by age: what is older, by the platform's clock, and what has no age is left") {
    UnfinishedFixture f;
    f.options.state_dir.clear();
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "uploads")
            return reply(200, R"({"items":[
              {"upload_id":"u1","project":"me/project","initiated":"2025-12-31T00:00:00Z"},
              {"upload_id":"u2","project":"me/project","initiated":"2025-12-31T00:00:01Z"},
              {"upload_id":"u3","project":"me/project"},
              {"upload_id":"u4","project":"me/other","initiated":"2020-01-01T00:00:00Z"}]})");
        if (call.kind == "details")
            return reply(200, R"({"upload_id":"u3","part_size":7})");
        return call.kind == "abort" ? std::optional(reply(204)) : std::nullopt;
    };
    const AbortSummary done = f.abort_older(std::chrono::hours(24));
    CHECK(done.status.ok());
    CHECK(done.aborted == std::vector<std::string>{"u1"});
    REQUIRE(done.skipped.size() == 1);
    CHECK(done.skipped[0].upload_id == "u3");
}

TEST_CASE("what a step would go on with is kept by age, and said, unless asked for or its source is gone or changed") {
    UnfinishedFixture f;
    const std::string wanted = f.leave("wanted", "2025-12-30T00:00:00Z");
    const std::string gone = f.leave("gone", "2025-12-30T00:00:00Z");
    const std::string changed = f.leave("changed", "2025-12-30T00:00:00Z");
    std::filesystem::remove(f.dir / "gone");
    f.dir.write("changed", "other bytes");
    for (const bool dry_run : {true, false}) {
        CAPTURE(dry_run);
        const AbortSummary kept = f.abort_older(std::chrono::hours(24), dry_run, KnownPolicy::keep);
        REQUIRE(kept.status.ok());
        CHECK(kept.aborted == (dry_run ? std::vector<std::string>() : std::vector<std::string>{gone, changed}));
        REQUIRE(kept.skipped.size() == 1);
        CHECK(kept.skipped[0].upload_id == wanted);
        CHECK(kept.skipped[0].reason.find((f.dir / "wanted").string()) != std::string::npos);
        CHECK(f.log.contains(LogLevel::info, "running its step again goes on with it"));
    }
    CHECK(f.abort_older(std::chrono::hours(24), false, KnownPolicy::drop).aborted == std::vector<std::string>{wanted});
}

TEST_CASE("only what is known here goes where that is asked for") {
    UnfinishedFixture f;
    const std::string known = f.leave("known", "2025-12-30T00:00:00Z");
    f.options.state_dir.clear();
    const std::string strange = f.leave("strange", "2025-12-30T00:00:00Z");
    f.keep_state();
    const AbortSummary done = f.abort_older(Duration{0}, false, KnownPolicy::only);
    CHECK(done.status.ok());
    CHECK(done.aborted == std::vector<std::string>{known});
    CHECK(done.skipped.empty());
    CHECK(f.platform.open_uploads() == 1);
}

TEST_CASE("with a journal in use that cannot be read, no upload is dropped for its age alone") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-30T00:00:00Z");
    const auto owner = at_work(f, a);
    for (const auto& entry : std::filesystem::directory_iterator(f.dir / "uploads"))
        if (entry.path().extension() == ".journal")
            f.dir.write("uploads/" + entry.path().filename().string(), "of another version\n");
    const AbortSummary aged = f.abort_older(std::chrono::hours(24));
    CHECK(aged.status.error().kind == ErrorKind::conflict);
    CHECK(aged.status.error().message.find(this_pid()) != std::string::npos);
    CHECK(f.platform.open_uploads() == 1);
}

TEST_CASE("a dry run says what would be dropped and changes nothing") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-30T00:00:00Z");
    const std::string before = f.disk();
    const AbortSummary named = f.abort_ids({a, "never-was"}, true);
    CHECK(named.status.ok());
    CHECK(named.aborted.empty());
    CHECK(f.log.contains(LogLevel::info, "would abort upload upload-1 of 'a', which has 3 parts reported"));
    CHECK(f.log.contains(LogLevel::info, "upload never-was is not open on the platform"));
    CHECK(f.abort_older(std::chrono::hours(24), true).aborted.empty());
    CHECK(f.log.contains(LogLevel::info, "would abort 1 upload and leave 0 open; nothing was changed (dry run)"));
    CHECK(f.platform.open_uploads() == 1);
    CHECK(f.platform.count("abort") == 0);
    CHECK(f.disk() == before);
}

TEST_CASE("a stop and a dead line end all") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-30T00:00:00Z");
    f.options.retry.max_elapsed = std::chrono::minutes(5);
    f.platform.hook = [](const Call&, CancelToken&) { return std::optional(no_reply(FailureKind::no_connection)); };
    const AbortSummary unreachable = f.abort_ids({a, "b", "c"});
    CHECK(unreachable.status.error().kind == ErrorKind::network);
    CHECK(f.clock.waited() < std::chrono::minutes(10));
    f.platform.hook = {};
    f.cancel.cancel();
    CHECK(f.abort_ids({a}).status.error().kind == ErrorKind::cancelled);
    CHECK(f.platform.open_uploads() == 1);
}

} // namespace ferry::test
