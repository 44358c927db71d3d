// One step again and again: cut off at every point, by a stop or by a death, and run once more.
#include "job_death.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/stat.h>

namespace ferry::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* gone = R"({"status":404,"code":8003,"message":"no such upload"})";

// `etag_known`: else the file was only found by its name.
void check_whole(JobFixture& f, const UploadSummary& summary, const std::string& content, bool etag_known = true) {
    CHECK_MESSAGE(summary.status.ok(), summary.status.error().message);
    CHECK(f.platform.content("a") == content);
    CHECK(f.platform.files().size() == 1);
    CHECK(f.platform.open_uploads() == 0);
    CHECK(f.platform.wrongs().empty());
    REQUIRE(f.listener.files.size() == 1);
    CHECK(f.listener.files[0].id == f.platform.files()[0].id);
    CHECK(f.listener.files[0].etag.ends_with("-5") == etag_known);
    CHECK(f.listener.files[0].etag.empty() == !etag_known);
    CHECK(f.listener.finals == 1);
    CHECK(f.listener.progress_calls.back().bytes_done == f.listener.progress_calls.back().bytes_total);
}

} // namespace

TEST_CASE("a death at any request is gone on from: one upload, one file, at most the parts in flight sent again") {
    for (const Conflict conflict : {Conflict::fail, Conflict::skip, Conflict::overwrite})
        for (const bool performed : {false, true})
            for (const auto& [kind, nth] : {std::pair<std::string, std::uint32_t>{"list", 1},
                                            {"init", 1},
                                            {"sign", 1},
                                            {"put", 1},
                                            {"put", 3},
                                            {"sign", 5},
                                            {"put", 5},
                                            {"complete", 1}}) {
                CAPTURE(kind);
                CAPTURE(nth);
                CAPTURE(performed);
                CAPTURE(static_cast<int>(conflict));
                JobFixture f;
                f.keep_state();
                f.options.conflict = conflict;
                f.options.parallel_parts = 1;
                f.platform.initiated = "2026-01-01T00:00:00Z";
                const std::string content = f.add("a", 50);
                Death death{f, kind, nth, performed};
                die_at(death);
                const bool found_by_name = kind == "complete" && performed;
                check_whole(f, f.run_again(), content, !found_by_name);
                CHECK(f.log.contains(LogLevel::warn, "is taken for it by name, size and time") == found_by_name);
                CHECK(f.platform.count("init") <= (kind == "init" && !performed ? 2 : 1));
                CHECK(f.platform.count("put") <= 6); // 5, and the one in flight
            }
}

TEST_CASE("storage that takes one part after the other is gone on with in order, each part reported first") {
    for (const bool performed : {false, true})
        for (const auto& [kind, nth] :
             {std::pair<std::string, std::uint32_t>{"put", 3}, {"sign", 4}, {"report", 1}, {"complete", 1}}) {
            CAPTURE(kind);
            CAPTURE(performed);
            JobFixture f;
            f.keep_state();
            f.platform.parallel = false;
            f.platform.initiated = "2026-01-01T00:00:00Z";
            const std::string content = f.add("a", 50);
            Death death{f, kind, nth, performed};
            die_at(death);
            check_whole(f, f.run_again(), content, kind != "complete" || !performed);
            CHECK(f.platform.count("init") == 1);
            CHECK(f.platform.count("put") <= 6);
        }
}

TEST_CASE("what is told at the end of an upload that was gone on with is all of it, whoever reported meanwhile") {
    JobFixture f;
    f.keep_state();
    f.options.parallel_parts = 1;
    const std::string content = f.add("a", 50);
    Death death{f, "put", 4};
    die_at(death);
    f.platform.lose_answer = [&](const Call& call) {
        if (call.kind == "complete")
            CHECK(call.body.find("\"part_number\":1,") != std::string::npos);
        return false;
    };
    check_whole(f, f.run_again(), content);
}

TEST_CASE("a stop reports what is stored, and the next run goes on there") {
    JobFixture f;
    f.keep_state();
    f.options.parallel_parts = 1;
    const std::string content = f.add("a", 50);
    stop_at_put(f, 4);
    CHECK(f.platform.count("report_many") == 1);
    check_whole(f, f.run_again(), content);
    CHECK(f.platform.count("put") == 6);
    CHECK(f.platform.count("report_many") == 1);
    CHECK(f.log.contains(LogLevel::info, "a: going on with upload upload-1: 3 of 5 parts stored already"));
    // And a third time there is nothing to do.
    check_whole(f, f.run_again(), content);
    CHECK(f.platform.count("put") == 6);
    CHECK(f.platform.count("init") == 1);
    CHECK(f.log.contains(LogLevel::info, "was uploaded before"));
}

TEST_CASE("a done file that is gone from the platform is uploaded again; one renamed there is done") {
    for (const bool renamed : {false, true}) {
        CAPTURE(renamed);
        JobFixture f;
        f.keep_state();
        const std::string content = f.add("a", 50);
        REQUIRE(f.run().status.ok());
        const std::string id = f.listener.files.at(0).id;
        f.platform.change_files([&](std::vector<StoredFile>& files) {
            if (renamed)
                files[0].name = "other";
            else
                files.clear();
        });
        REQUIRE(f.run_again().status.ok());
        CHECK(f.platform.count("init") == (renamed ? 1 : 2));
        CHECK((f.listener.files.at(0).id == id) == renamed);
        CHECK(f.listener.files.at(0).name == (renamed ? "other" : "a"));
        CHECK(f.log.contains(LogLevel::warn, "a: was renamed or moved on the platform since: it is other there") ==
              renamed);
    }
}

TEST_CASE("a source that has changed since is begun anew, and the old upload is dropped, which is said") {
    JobFixture f;
    f.keep_state();
    f.options.parallel_parts = 1;
    f.add("a", 50);
    Death death{f, "put", 4};
    die_at(death);
    const std::string content(50, 'n');
    f.dir.write("a", content);
    const timespec times[2]{{77, 0}, {77, 0}};
    ::utimensat(AT_FDCWD, (f.dir / "a").c_str(), times, 0);
    check_whole(f, f.run_again(), content);
    CHECK(f.platform.count("abort") == 1);
    CHECK(f.platform.count("init") == 2);
    CHECK(f.log.contains(LogLevel::warn, "upload-1 with 3 stored parts is dropped and begun anew"));
}

TEST_CASE("bytes changed under an old time of change are found by their MD5") {
    JobFixture f;
    f.keep_state();
    f.options.parallel_parts = 1;
    std::string content = f.add("a", 50);
    struct stat before {};
    REQUIRE(::stat((f.dir / "a").c_str(), &before) == 0);
    const auto rewrite = [&](bool changed) {
        if (changed)
            content[5] = '~';
        f.dir.write("a", content);
        const timespec times[2]{before.st_atim, before.st_mtim};
        ::utimensat(AT_FDCWD, (f.dir / "a").c_str(), times, 0);
    };
    SUBCASE("between runs") {
        Death death{f, "put", 4};
        die_at(death);
        rewrite(true);
        check_whole(f, f.run_again(), content);
        CHECK(f.platform.count("abort") == 1);
    }
    SUBCASE("between runs, with the same bytes") {
        Death death{f, "put", 4};
        die_at(death);
        rewrite(false);
        check_whole(f, f.run_again(), content);
        CHECK(f.platform.count("abort") == 0);
        CHECK(f.platform.count("put") == 6);
    }
    SUBCASE("during the run") {
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == "put" && call.part == 4)
                rewrite(true);
            return std::nullopt;
        };
        const UploadSummary summary = f.run();
        REQUIRE_FALSE(summary.status.ok());
        CHECK(summary.status.error().kind == ErrorKind::changed);
        CHECK(f.platform.files().empty());
        CHECK(f.platform.open_uploads() == 0);
    }
    SUBCASE("after the upload") {
        REQUIRE(f.run().status.ok());
        rewrite(true);
        f.options.conflict = Conflict::overwrite;
        check_whole(f, f.run_again(), content);
        CHECK(f.platform.count("init") == 2);
    }
}

TEST_CASE("the platform's list outvotes the journal, part by part") {
    JobFixture f;
    f.keep_state();
    f.options.parallel_parts = 1;
    const std::string content = f.add("a", 50);
    stop_at_put(f, 4);
    f.platform.change_report("upload-1", 2, "0123456789abcdef0123456789abcdef");
    check_whole(f, f.run_again(), content);
    CHECK(f.platform.count("put") == 7); // 3 and the one cut off, then 2, 4 and 5
}

TEST_CASE("parts that only the platform lists are trusted by their MD5 alone") {
    for (const Verify verify : {Verify::etag, Verify::none}) {
        JobFixture f;
        f.keep_state();
        f.options.verify = verify;
        f.options.parallel_parts = 1;
        f.platform.refuse_twin = true;
        const std::string content = f.add("a", 50);
        stop_at_put(f, 4);
        fs::remove_all(f.dir / "uploads"); // the state is lost
        CHECK(f.run_again().status.ok());
        CHECK(f.platform.content("a") == content);
        CHECK(f.platform.open_uploads() == 0);
        CHECK(f.platform.count("put") == (verify == Verify::etag ? 6 : 9));
    }
}

TEST_CASE("parts that the platform lacks at the end are sent again") {
    JobFixture f;
    const std::string content = f.add("a", 50);
    int refused = 0;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "complete" || refused == 2)
            return std::nullopt;
        if (++refused == 2)
            f.platform.lose_part("upload-1", 2); // reported or not, it will not be listed
        return reply(409, R"({"status":409,"code":8007,"message":"Could not complete"})");
    };
    check_whole(f, f.run(), content);
    CHECK(f.platform.count("put") == 6);
    CHECK(f.platform.count("init") == 1);
}

TEST_CASE("a file that can never be put together is begun anew, and given up in the end") {
    JobFixture f;
    f.add("a", 50);
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "complete")
            return reply(409, R"({"status":409,"code":8007,"message":"Could not complete"})");
        return std::nullopt;
    };
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().message.find("8007") != std::string::npos);
    CHECK(f.platform.count("init") == 3);
    CHECK(f.platform.files().empty());
}

TEST_CASE("an upload that is gone when it is to be gone on with is begun anew") {
    JobFixture f;
    f.keep_state();
    f.options.parallel_parts = 1;
    const std::string content = f.add("a", 50);
    Death death{f, "put", 4};
    die_at(death);
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        return call.kind == "details" && call.upload == "upload-1" ? std::optional(reply(404, gone)) : std::nullopt;
    };
    f.platform.forget_upload("upload-1");
    check_whole(f, f.run_again(), content);
    CHECK(f.log.contains(LogLevel::warn, "does not know its upload upload-1 any more"));
}

TEST_CASE("a file that was to be overwritten, young and of the same size, is not taken for what a lost complete made") {
    JobFixture f;
    f.keep_state();
    f.options.conflict = Conflict::overwrite;
    f.options.parallel_parts = 1;
    f.platform.put_file({.id = "old", .name = "a", .content = std::string(50, 'x'), .created = "2026-01-01T00:00:00Z"});
    const std::string content = f.add("a", 50);
    Death death{f, "complete"};
    die_at(death);
    f.platform.forget_upload("upload-1");
    check_whole(f, f.run_again(), content);
    CHECK(f.platform.count("init") == 2);
}

TEST_CASE("a name taken meanwhile by a file of the same size is as good as skipped, where that is asked for") {
    for (const std::string kind : {"init", "complete"}) {
        CAPTURE(kind);
        JobFixture f;
        f.keep_state();
        f.options.conflict = Conflict::skip;
        f.add("a", 50);
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind != kind)
                return std::nullopt;
            f.platform.put_file({.id = "theirs", .name = "a", .content = std::string(50, 'x')});
            return reply(409, R"({"status":409,"code":8005,"message":"File already exists."})");
        };
        const UploadSummary summary = f.run();
        CHECK_MESSAGE(summary.status.ok(), summary.status.error().message);
        REQUIRE(f.listener.files.size() == 1);
        CHECK(f.listener.files[0].skipped);
        CHECK(f.listener.files[0].id == "theirs");
        CHECK(f.platform.open_uploads() == 0);
    }
}

} // namespace ferry::test
