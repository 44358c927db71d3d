#include "transfer/upload_session.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test {
namespace {

UploadSession session_of(std::uint64_t size) {
    PlannedFile file{.path = "/data/a.txt", .name = "a.txt", .identity = {.size = size, .mtime_ns = 1}};
    InitRequest request{.target = {"me/project", ""}, .name = "a.txt", .size = size, .part_size = 10};
    return UploadSession(std::move(file), std::move(request));
}

OpenedUpload opened(std::uint64_t size, bool parallel = true, std::string id = "up-1") {
    return {.upload_id = std::move(id), .plan = *PartPlan::make(size, 10), .parallel = parallel};
}

SentPart sent(std::uint32_t number) {
    return {.report = {.number = number, .headers = {{"ETag", "e" + std::to_string(number)}}},
            .md5 = Md5{std::byte(number)},
            .verified = true};
}

Error broken(const char* message) {
    return {ErrorKind::storage, message};
}

} // namespace

TEST_CASE("init, parts in ascending order, then complete with all reports") {
    UploadSession session = session_of(25);
    CHECK(session.take()->kind == WorkKind::init);
    CHECK_FALSE(session.has_work());
    session.init_done(opened(25));
    for (std::uint32_t number = 1; number <= 3; ++number) {
        const auto work = session.take();
        REQUIRE(work);
        CHECK(work->kind == WorkKind::part);
        CHECK(work->part == number);
    }
    CHECK_FALSE(session.take()); // three in flight
    CHECK(session.in_flight() == 3);
    session.part_done(3, sent(3), false);
    session.part_done(1, sent(1), false);
    CHECK_FALSE(session.take());
    CHECK(session.bytes_stored() == 15);
    session.part_done(2, sent(2), false);
    CHECK(session.take()->kind == WorkKind::complete);
    const auto reports = session.unreported();
    REQUIRE(reports.size() == 3);
    CHECK(reports[0].number == 1);
    CHECK(reports[2].number == 3);
    CHECK(session.etag().ends_with("-3"));
    CHECK_FALSE(session.finished());
    session.complete_done();
    CHECK(session.finished());
    CHECK_FALSE(session.failed());
    CHECK_FALSE(session.take());
}

TEST_CASE("without parallel uploads one part at a time, and nothing is left for complete to report") {
    UploadSession session = session_of(20);
    session.take();
    session.init_done(opened(20, false));
    CHECK(session.take()->part == 1);
    CHECK_FALSE(session.has_work());
    session.part_done(1, sent(1), true);
    CHECK(session.take()->part == 2);
    CHECK_FALSE(session.has_work());
    session.part_done(2, sent(2), true);
    CHECK(session.take()->kind == WorkKind::complete);
    CHECK(session.unreported().empty());
}

TEST_CASE("an empty file has one empty part") {
    UploadSession session = session_of(0);
    session.take();
    session.init_done(opened(0));
    const auto work = session.take();
    REQUIRE(work);
    CHECK(work->kind == WorkKind::part);
    CHECK(session.part_job(1).range.size == 0);
    session.part_done(1, sent(1), false);
    CHECK(session.take()->kind == WorkKind::complete);
}

TEST_CASE("a failure stops further parts; the file is finished when those in flight are back") {
    UploadSession session = session_of(50);
    session.take();
    session.init_done(opened(50));
    session.take();
    session.take();
    session.work_failed({.error = broken("first")});
    CHECK_FALSE(session.has_work());
    CHECK_FALSE(session.finished());
    session.work_failed({.error = broken("second")});
    CHECK(session.finished());
    REQUIRE(session.failed());
    CHECK(session.failure().message == "first");
    CHECK(session.open_upload() == "up-1"); // stored parts are kept
}

TEST_CASE("a changed source is aborted once, after its parts are back") {
    UploadSession session = session_of(50);
    session.take();
    session.init_done(opened(50));
    session.take();
    session.take();
    session.work_failed({.error = {ErrorKind::changed, "changed"}, .drop = true});
    CHECK_FALSE(session.has_work()); // a part is in flight
    session.part_done(2, sent(2), false);
    const auto work = session.take();
    REQUIRE(work);
    CHECK(work->kind == WorkKind::abort);
    CHECK_FALSE(session.finished());
    SUBCASE("done") {
        session.abort_done(true);
        CHECK(session.open_upload().empty());
    }
    SUBCASE("not possible") {
        session.abort_done(false);
        CHECK(session.open_upload() == "up-1");
    }
    CHECK(session.finished());
    CHECK_FALSE(session.has_work());
}

TEST_CASE("an init that fails leaves nothing to abort") {
    UploadSession session = session_of(50);
    session.take();
    session.work_failed({.error = {ErrorKind::changed, "changed"}, .drop = true});
    CHECK(session.finished());
}

TEST_CASE("a vanished upload starts over when all is back, twice, then fails") {
    UploadSession session = session_of(20);
    for (int restart = 0; restart < UploadSession::max_restarts; ++restart) {
        CHECK(session.take()->kind == WorkKind::init);
        session.init_done(opened(20, true, "up-" + std::to_string(restart)));
        session.take();
        session.take();
        session.work_failed({.error = {ErrorKind::not_found, "gone"}, .vanished = true});
        CHECK_FALSE(session.has_work());
        if (restart == 0)
            session.part_done(2, sent(2), false); // stored before it vanished: worth nothing
        else
            session.work_failed({.error = {ErrorKind::not_found, "gone, too"}, .vanished = true});
        CHECK(session.bytes_stored() == 0);
        CHECK_FALSE(session.finished());
        CHECK(session.restarts() == restart + 1);
    }
    session.take();
    session.init_done(opened(20));
    CHECK(session.take()->part == 1);
    session.part_done(1, sent(1), false);
    session.take();
    session.part_done(2, sent(2), false);
    CHECK(session.take()->kind == WorkKind::complete);
    session.work_failed({.error = {ErrorKind::not_found, "gone at last"}, .vanished = true});
    CHECK(session.finished());
    REQUIRE(session.failed());
    CHECK(session.failure().message == "gone at last");
}

TEST_CASE("an unverified part leaves the file without a composite ETag") {
    UploadSession session = session_of(20);
    session.take();
    session.init_done(opened(20));
    session.take();
    session.take();
    session.part_done(1, sent(1), false);
    session.part_done(2, {.report = {.number = 2, .headers = {}}, .md5 = std::nullopt}, false);
    CHECK(session.etag().empty());
}

TEST_CASE("work that was dropped on a stop fails nothing") {
    UploadSession session = session_of(20);
    session.take();
    session.init_done(opened(20));
    session.take();
    session.work_dropped();
    CHECK(session.in_flight() == 0);
    CHECK_FALSE(session.failed());
    CHECK_FALSE(session.finished());
}

} // namespace ferry::test
