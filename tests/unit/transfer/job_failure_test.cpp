#include "job_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

namespace ferry::test {
namespace {

namespace fs = std::filesystem;

const std::string gone = R"({"status":404,"code":8003,"message":"no such upload"})";

} // namespace

TEST_CASE("one file's failure leaves the others alone; the first cause is kept, further ones are counted") {
    JobFixture f;
    f.options.parallel_parts = 1;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "put" && ((call.name == "bad1" && call.part == 3) || (call.name == "bad2" && call.part == 8)))
            return reply(400, "<Error><Code>EntityTooLarge</Code><Message>too large</Message></Error>");
        return std::nullopt;
    };
    f.add("bad1", 30);
    const std::string good = f.add("good", 30);
    f.add("bad2", 80);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::storage);
    const std::string& message = summary.status.error().message;
    const auto lines = f.log.lines();
    const auto first =
        std::find_if(lines.begin(), lines.end(), [](const auto& line) { return line.level == LogLevel::error; });
    REQUIRE(first != lines.end());
    const bool bad1 = first->text.find("bad1 was not") != std::string::npos; // which slot comes first is open
    CHECK(message.starts_with(bad1 ? "bad1: part 3 of 3 cannot be sent: " : "bad2: part 8 of 8 cannot be sent: "));
    CHECK(message.find("EntityTooLarge") != std::string::npos);
    CHECK(message.find(bad1 ? " for the next run, with 2 parts stored" : " for the next run, with 7 parts stored") !=
          std::string::npos);
    CHECK(message.ends_with("; and 1 more file failed"));
    CHECK(f.log.count(LogLevel::error) == 2);
    CHECK(f.platform.content("good") == good);
    CHECK(f.platform.open_uploads() == 2);
    CHECK(summary.files == 1);
    CHECK(f.listener.count("file_failed") == 2);
}

TEST_CASE("a refused token stops all, parts in flight included") {
    JobFixture f;
    std::atomic<bool> refused{false};
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "sign" && call.name == "b") {
            refused = true;
            refused.notify_all();
            return reply(401, R"({"status":401,"code":90001,"message":"Unauthorized"})");
        }
        // However late that call's thread is: the other slots are still in the middle of it all.
        if (call.kind == "put" && (call.name != "a" || call.part > 200))
            refused.wait(false);
        return std::nullopt;
    };
    f.options.parallel_parts = 2;
    f.add("a", 4000);
    f.add("b", 10);
    for (int i = 0; i < 40; ++i)
        f.add("c" + std::to_string(i), 10);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::auth);
    CHECK(refused);
    CHECK(f.platform.count("put") < 400);
    CHECK(f.platform.content("c39") == "<none>");
    CHECK(f.platform.count("abort") == 0);
}

TEST_CASE("a token that is refused at the listing sends nothing") {
    JobFixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "list")
            return reply(401, R"({"status":401,"code":90001,"message":"Unauthorized"})");
        return std::nullopt;
    };
    f.add("a", 5);
    CHECK(f.run().status.error().kind == ErrorKind::auth);
    CHECK(f.platform.count("init") == 0);
}

TEST_CASE("a cancel stops at once, keeps what is stored and tells what is left") {
    JobFixture f;
    std::atomic<bool> second_begun{false};
    f.platform.hook = [&](const Call& call, CancelToken& stop) -> std::optional<HttpOutcome> {
        if (call.kind == "put" && call.name == "a" && call.part == 3) {
            while (!second_begun)
                std::this_thread::yield();
            f.cancel.cancel();
            CHECK(stop.cancelled()); // the step's own token follows the caller's
            return no_reply(FailureKind::cancelled);
        }
        if (call.kind == "init" && call.name != "a") { // begun beside it, and caught there by the stop
            second_begun = true;
            while (!stop.cancelled())
                std::this_thread::yield();
            return no_reply(FailureKind::cancelled);
        }
        return std::nullopt;
    };
    f.options.parallel_parts = 1;
    f.add("a", 100);
    f.add("b", 10);
    f.add("c", 10);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::cancelled);
    CHECK(summary.status.error().message == "stopped on request: 0 files done, 2 unfinished with 2 parts stored, which "
                                            "the platform keeps, 1 not begun; run the same again to go on");
    CHECK(summary.left.upload_ids == std::vector<std::string>{"upload-1"});
    CHECK(summary.left.bytes_stored == 20);
    CHECK(f.platform.count("abort") == 0);
    CHECK(f.platform.open_uploads() == 1);
    CHECK(f.listener.finals == 1);
    CHECK(f.log.count(LogLevel::error) == 0);
    CHECK(f.listener.count("file_failed") == 0);
}

TEST_CASE("a job that is cancelled before it begins asks nothing") {
    JobFixture f;
    f.add("a", 5);
    f.cancel.cancel();
    CHECK(f.run().status.error().kind == ErrorKind::cancelled);
    CHECK(f.platform.calls().empty());
}

TEST_CASE("an upload that vanishes is started over, at any step") {
    for (const std::string kind : {"sign", "put", "complete", "report"}) {
        CAPTURE(kind);
        JobFixture f;
        f.platform.parallel = kind != "report";
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind != kind || call.upload != "upload-1" || (call.part != 2 && call.part != 0))
                return std::nullopt;
            return kind == "put" ? reply(404, "<Error><Code>NoSuchUpload</Code></Error>") : reply(404, gone);
        };
        const std::string content = f.add("a", 30);
        const UploadSummary summary = f.run();
        CHECK(summary.status.ok());
        CHECK(f.platform.count("init") == 2);
        CHECK(f.platform.content("a") == content);
        CHECK(f.listener.files.at(0).upload_id == "upload-2");
        CHECK(f.log.contains(LogLevel::warn, "does not know its upload upload-1 any more"));
        CHECK(f.platform.open_uploads() == 0);
    }
}

TEST_CASE("an upload whose storage has vanished, and that the platform will not end, is told") {
    JobFixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "put" && call.upload == "upload-1" && call.part == 2)
            return reply(404, "<Error><Code>NoSuchUpload</Code></Error>");
        return call.kind == "abort" ? std::optional(reply(500)) : std::nullopt;
    };
    const std::string content = f.add("a", 30);
    CHECK(f.run().status.ok());
    CHECK(f.platform.content("a") == content);
    CHECK(f.platform.open_uploads() == 1);
    CHECK(f.log.contains(LogLevel::warn, "a: the upload upload-1 could not be aborted: "));
}

TEST_CASE("an upload that vanishes again and again is given up") {
    JobFixture f;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        return call.kind == "sign" ? std::optional(reply(404, gone)) : std::nullopt;
    };
    f.add("a", 10);
    CHECK(f.run().status.error().kind == ErrorKind::not_found);
    CHECK(f.platform.count("init") == 3);
}

TEST_CASE("a file that changes while it is uploaded fails and leaves nothing open") {
    JobFixture f;
    f.options.parallel_parts = 1;
    f.add("a", 30);
    const std::string good = f.add("b", 10);
    SUBCASE("before complete: modified in place") {
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == "put" && call.name == "a" && call.part == 3)
                fs::last_write_time(f.dir / "a", fs::last_write_time(f.dir / "a") + std::chrono::seconds(1));
            return std::nullopt;
        };
    }
    SUBCASE("while sending: cut short") {
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == "put" && call.name == "a" && call.part == 2)
                fs::resize_file(f.dir / "a", 15);
            return std::nullopt;
        };
    }
    SUBCASE("while sending: gone") {
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == "put" && call.name == "a" && call.part == 1)
                fs::remove(f.dir / "a");
            return std::nullopt;
        };
    }
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::changed);
    CHECK(summary.status.error().message.find("changed while uploading") != std::string::npos);
    CHECK(summary.status.error().message.find("stays open") == std::string::npos);
    CHECK(f.platform.count("abort") == 1);
    CHECK(f.platform.open_uploads() == 0);
    CHECK(f.platform.content("a") == "<none>");
    CHECK(f.platform.content("b") == good);
}

TEST_CASE("a size that differs on the platform is told as what it is") {
    JobFixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "complete")
            return reply(200, R"({"id":"f1","name":"a","project":"me/project","size":17})");
        return std::nullopt;
    };
    f.add("a", 20);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::platform);
    CHECK(summary.status.error().message == "a: the platform put together 17 bytes (file f1) from the 20 bytes of the "
                                            "local file; delete that file and upload it again");
    CHECK(summary.files == 0);
}

TEST_CASE("a size that complete does not tell is asked for") {
    JobFixture f;
    f.platform.complete_tells_size = false;
    f.add("a", 20);
    CHECK(f.run().status.ok());
    CHECK(f.platform.count("file") == 1);
}

TEST_CASE("a size that the platform does not tell at all is no success") {
    for (const bool answered : {true, false}) {
        JobFixture f;
        f.platform.complete_tells_size = false;
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind != "file")
                return std::nullopt;
            return answered ? reply(200, R"({"id":"file-1","name":"a"})")
                            : reply(404, R"({"code":5002,"message":"no"})");
        };
        f.add("a", 20);
        const UploadSummary summary = f.run();
        REQUIRE_FALSE(summary.status.ok());
        CHECK(summary.files == 0);
        CHECK(summary.status.error().message.find("but not its size, so it may not be whole") != std::string::npos);
        CHECK(summary.status.error().message.find("stays open") == std::string::npos);
    }
}

TEST_CASE("an empty file that the platform refuses is aborted and told plainly") {
    JobFixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "complete")
            return reply(400, R"({"status":400,"code":8013,"message":"empty files are not supported"})");
        return std::nullopt;
    };
    f.add("empty", 0);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().message.find("empty files are not supported") != std::string::npos);
    CHECK(f.platform.open_uploads() == 0);
}

TEST_CASE("a line that stays dead ends the whole step, not one file after the other") {
    JobFixture f;
    f.options.parallel_parts = 2;
    f.options.retry.max_elapsed = std::chrono::hours(1);
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        return call.kind == "list" ? std::nullopt : std::optional(no_reply(FailureKind::no_connection));
    };
    for (const char* name : {"a", "b", "c", "d", "e", "f"})
        f.add(name, 10);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::network);
    CHECK(f.clock.waited() < std::chrono::hours(5)); // two slots, each of which waits for an hour at most
}

TEST_CASE("storage that cannot be reached is waited for, with a word and one probe at a time") {
    JobFixture f;
    f.options.parallel_parts = 2;
    const Instant back = f.clock.now() + std::chrono::minutes(20);
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        return call.kind == "put" && f.clock.now() < back ? std::optional(no_reply(FailureKind::no_connection))
                                                          : std::nullopt;
    };
    const std::string content = f.add("a", 40);
    const UploadSummary summary = f.run();
    CHECK(summary.status.ok());
    CHECK(f.platform.content("a") == content);
    CHECK(f.log.contains(LogLevel::warn, "the object storage could not be reached"));
    CHECK(f.log.contains(LogLevel::info, "the object storage is back"));
    CHECK(f.platform.count("sign") < 60); // not one call per slot and backoff
}

TEST_CASE("missing rights on one file leave the others alone") {
    JobFixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "sign" && call.name == "a")
            return reply(403, R"({"status":403,"code":8001,"message":"no rights on the upload"})");
        return std::nullopt;
    };
    f.add("a", 10);
    const std::string content = f.add("b", 10);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::rights);
    CHECK(f.platform.content("b") == content);
}

TEST_CASE("a defect inside one slot ends the step with an error, not the process") {
    JobFixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "put" && call.part == 2)
            throw std::runtime_error("thrown by the test");
        return std::nullopt;
    };
    f.add("a", 50);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::internal);
    CHECK(summary.status.error().message.find("thrown by the test") != std::string::npos);
}

TEST_CASE("a listener that throws ends the step with an error once its slots are gone") {
    struct Throwing final : UploadListener {
        void file_done(const FileResult&) override { throw std::runtime_error("thrown by the listener"); }
        void progress(const UploadProgress&, bool) override {}
        void event(const std::string&, const std::string&) override {}
    } throwing;
    JobFixture f;
    f.add("a", 50);
    f.add("b", 500);
    const UploadEnvironment environment{f.platform, f.arena, f.quota, f.pace, f.clock, f.random, f.log};
    const UploadSummary summary = run_upload(f.options, environment, throwing, f.cancel);
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::internal);
    CHECK(summary.status.error().message.find("thrown by the listener") != std::string::npos);
}

} // namespace ferry::test
