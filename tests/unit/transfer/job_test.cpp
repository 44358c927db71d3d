#include "job_fixture.hpp"

#include "document/strict_json.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace ferry::test {
namespace {

using Calls = std::vector<std::string>;

} // namespace

TEST_CASE("a file of N parts costs N + 2 API calls and one listing, and arrives whole") {
    JobFixture f;
    const std::string content = f.add("reads.bam", 45);
    const UploadSummary summary = f.run();
    CHECK(summary.status.ok());
    CHECK(summary.files == 1);
    CHECK(summary.bytes == 45);
    CHECK(summary.api_calls == 5 + 2 + 1);
    CHECK(f.platform.content("reads.bam") == content);
    CHECK(f.platform.wrongs().empty());
    REQUIRE(f.listener.files.size() == 1);
    const FileResult& result = f.listener.files[0];
    CHECK(result.path == (f.dir / "reads.bam").string());
    CHECK(result.name == "reads.bam");
    CHECK(result.id == f.platform.files()[0].id);
    CHECK(result.project == "me/project");
    CHECK(result.parts == 5);
    CHECK(result.part_size == 10);
    CHECK(result.size == 45);
    CHECK(result.upload_id == "upload-1");
    CHECK_FALSE(result.skipped);
    CHECK(result.etag.ends_with("-5"));
}

TEST_CASE("files around every multiple of the part size arrive whole, without an empty extra part") {
    JobFixture f;
    std::map<std::string, std::string> contents;
    std::size_t parts = 0;
    for (const std::size_t size : {0u, 1u, 9u, 10u, 11u, 19u, 20u, 21u, 100u}) {
        const std::string name = "f" + std::to_string(size);
        contents[name] = f.add(name, size);
        parts += std::max<std::size_t>(1, (size + 9) / 10);
    }
    const UploadSummary summary = f.run();
    CHECK(summary.status.ok());
    for (const auto& [name, content] : contents)
        CHECK(f.platform.content(name) == content);
    CHECK(f.platform.count("put") == parts);
    CHECK(summary.api_calls == 1 + 2 * contents.size() + parts);
    CHECK(f.platform.wrongs().empty());
}

TEST_CASE("the server's part size wins over the one asked for") {
    JobFixture f;
    f.options.part_size = 100;
    f.platform.part_size = 30;
    const std::string content = f.add("a", 100);
    CHECK(f.run().status.ok());
    CHECK(f.platform.count("put") == 4);
    CHECK(f.listener.files.at(0).part_size == 30);
    CHECK(f.platform.content("a") == content);
}

TEST_CASE("without parallel uploads: one part at a time, in order, each reported before the next URL") {
    JobFixture f;
    f.platform.parallel = false;
    const std::string content = f.add("a", 30);
    const UploadSummary summary = f.run();
    CHECK(summary.status.ok());
    CHECK(f.platform.calls() == Calls{"list", "init a", "sign a 1", "put a 1", "report a", "sign a 2", "put a 2",
                                      "report a", "sign a 3", "put a 3", "report a", "complete a"});
    CHECK(f.platform.most_puts_at_once() == 1);
    CHECK(f.platform.wrongs().empty());
    CHECK(f.platform.content("a") == content);
}

TEST_CASE("parts are sent at once, over all files together, up to the number of slots") {
    JobFixture f;
    f.options.parallel_parts = 8;
    std::mutex mutex;
    std::condition_variable changed;
    int inside = 0;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "put")
            return std::nullopt;
        std::unique_lock lock(mutex);
        ++inside;
        changed.notify_all();
        changed.wait_for(lock, std::chrono::seconds(60), [&] { return inside >= 8; });
        return std::nullopt;
    };
    f.add("a", 60);
    f.add("b", 60);
    CHECK(f.run().status.ok());
    CHECK(f.platform.most_puts_at_once() == 8);
}

TEST_CASE("two steps side by side both have all their slots") {
    JobFixture one;
    JobFixture two;
    std::mutex mutex;
    std::condition_variable changed;
    int inside = 0;
    const auto meet = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "put")
            return std::nullopt;
        std::unique_lock lock(mutex);
        ++inside;
        changed.notify_all();
        changed.wait_for(lock, std::chrono::seconds(60), [&] { return inside >= 32; });
        return std::nullopt;
    };
    for (JobFixture* f : {&one, &two}) {
        f->options.parallel_parts = 16;
        f->add("a", 160);
        f->platform.hook = meet;
    }
    UploadSummary second;
    std::thread other([&] {
        const UploadEnvironment environment{two.platform, one.arena,  two.quota, two.pace,
                                            two.clock,    two.random, two.log};
        second = run_upload(two.options, environment, two.listener, two.cancel);
    });
    const UploadSummary first = one.run();
    other.join();
    CHECK(first.status.ok());
    CHECK(second.status.ok());
    CHECK(one.platform.most_puts_at_once() == 16);
    CHECK(two.platform.most_puts_at_once() == 16);
}

TEST_CASE("200 small files: two listings, three calls each, all results told, each once") {
    JobFixture f;
    std::set<std::string> names;
    for (int i = 0; i < 200; ++i) {
        const std::string name = "small-" + std::to_string(i);
        names.insert(name);
        f.add(name, static_cast<std::size_t>(i % 10));
    }
    const UploadSummary summary = f.run();
    CHECK(summary.status.ok());
    CHECK(summary.files == 200);
    CHECK(summary.api_calls == 2 + 3 * 200);
    CHECK(f.platform.count("list") == 2);
    std::set<std::string> told;
    for (const FileResult& result : f.listener.files)
        told.insert(result.name);
    CHECK(f.listener.files.size() == 200);
    CHECK(told == names);
    CHECK(f.platform.wrongs().empty());
}

TEST_CASE("a small file gets by a big one") {
    JobFixture f;
    f.options.parallel_parts = 2;
    std::mutex mutex;
    std::condition_variable changed;
    bool small_done = false;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        std::unique_lock lock(mutex);
        if (call.kind == "complete" && call.name == "small") {
            small_done = true;
            changed.notify_all();
        } else if (call.kind == "put" && call.name == "big" && call.part == 2) {
            changed.wait_for(lock, std::chrono::seconds(60), [&] { return small_done; });
            CHECK(small_done);
        }
        return std::nullopt;
    };
    f.add("big", 400);
    f.add("small", 5);
    CHECK(f.run().status.ok());
    // Told in the order of the step's files all the same.
    REQUIRE(f.listener.files.size() == 2);
    CHECK(f.listener.files[0].name == "big");
    CHECK(f.listener.files[1].name == "small");
}

TEST_CASE("progress: acknowledged bytes, never backwards, once final, sums right at the end") {
    JobFixture f;
    std::atomic<std::uint64_t> acknowledged = 0;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        f.clock.advance(std::chrono::milliseconds(500));
        if (call.kind == "put" && call.name == "a" && call.part == 3 && call.upload == "upload-1")
            return reply(404, "<Error><Code>NoSuchUpload</Code></Error>"); // starts over
        if (call.kind == "put")
            acknowledged += call.body.size();
        return std::nullopt;
    };
    f.options.parallel_parts = 1;
    f.add("a", 50);
    f.add("b", 10);
    const UploadSummary summary = f.run();
    CHECK(summary.status.ok());
    const auto& calls = f.listener.progress_calls;
    CHECK(f.listener.finals == 1);
    REQUIRE(calls.size() >= 2);
    CHECK(std::is_sorted(calls.begin(), calls.end(),
                         [](const auto& x, const auto& y) { return x.bytes_done < y.bytes_done; }));
    CHECK(calls.back().bytes_done == 60);
    CHECK(calls.back().bytes_total == 60);
    CHECK(calls.back().files_done == 2);
    CHECK(calls.back().files_total == 2);
    CHECK(calls.back().parts_in_flight == 0);
    // What was stored of the first upload is sent again: how much that was is for the two slots to race for.
    CHECK(calls.back().bytes_sent == acknowledged);
    CHECK(acknowledged >= 60);
    CHECK(calls.back().api_calls == summary.api_calls);
    CHECK(calls.back().in_work.empty());
}

TEST_CASE("events are JSON and hold no secret") {
    JobFixture f;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "put" && call.part == 1 && call.nth == 1)
            return reply(503, "<Error><Code>SlowDown</Code></Error>");
        return std::nullopt;
    };
    f.add("\"odd\"\n\xC3\xA4", 20);
    CHECK(f.run().status.ok());
    CHECK(f.listener.count("file_started") == 1);
    CHECK(f.listener.count("part_done") == 2);
    CHECK(f.listener.count("retry") == 1);
    CHECK(f.listener.count("file_done") == 1);
    for (const auto& [type, json] : f.listener.events) {
        CAPTURE(json);
        CHECK(std::holds_alternative<Poco::Dynamic::Var>(parse_json(json)));
        CHECK(json.find("Signature") == std::string::npos);
        CHECK(json.find(FakePlatform::token) == std::string::npos);
    }
    CHECK_FALSE(f.log.mentions("Signature"));
    CHECK_FALSE(f.log.mentions(FakePlatform::token));
}

TEST_CASE("no files: the listing still proves token and target") {
    JobFixture f;
    const UploadSummary summary = f.run();
    CHECK(summary.status.ok());
    CHECK(summary.files == 0);
    CHECK(f.platform.calls() == Calls{"list"});
    CHECK(f.listener.finals == 1);
}

TEST_CASE("a part size that gives more than 10,000 parts: abort, and init with a larger wish") {
    JobFixture f;
    int inits = 0;
    std::uint64_t asked = 0;
    f.options.part_size = 10;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "init")
            return std::nullopt;
        f.platform.part_size = ++inits == 1 ? 1 : 5000; // one slot is in init at a time: there is one file
        asked = std::stoull(call.body.substr(call.body.find("\"part_size\":") + 12));
        return std::nullopt;
    };
    const std::string content = f.add("a", 10'001);
    CHECK(f.run().status.ok());
    CHECK(inits == 2);
    CHECK(asked == 5u << 20);
    CHECK(f.platform.count("abort") == 1);
    CHECK(f.platform.open_uploads() == 0);
    CHECK(f.platform.content("a") == content);
}

TEST_CASE("a platform that insists on too small parts is given up after a few tries, leaving nothing open") {
    JobFixture f;
    f.platform.part_size = 1;
    f.add("a", 10'001);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().message.find("insists on parts of 1 byte") != std::string::npos);
    CHECK(f.platform.count("init") == 3);
    CHECK(f.platform.open_uploads() == 0);
}

} // namespace ferry::test
