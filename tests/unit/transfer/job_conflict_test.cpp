#include "job_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace ferry::test {
namespace {

std::size_t lines_with(const std::string& text, const std::string& piece) {
    std::size_t found = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1))
        ++found;
    return found;
}

} // namespace

TEST_CASE("conflict fail: every taken name is told before the first byte") {
    JobFixture f;
    for (const char* name : {"a", "b", "c"})
        f.add(name, 5);
    f.platform.put_file({.id = "1", .name = "a", .content = "x"});
    f.platform.put_file({.id = "2", .name = "c", .content = "x"});
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::conflict);
    CHECK(summary.status.error().message.starts_with(
        "2 names are taken on the platform, and nothing was uploaded: a, c;"));
    CHECK(f.platform.count("init") == 0);
    CHECK(f.listener.finals == 1);
}

TEST_CASE("what is wrong here and what is wrong there is told in one go, before the first byte") {
    JobFixture f;
    for (const char* name : {"a", "b", "c"})
        f.add(name, 5);
    f.options.files.push_back({.path = "missing", .name = std::nullopt});
    f.options.receipts = "none/receipts.ndjson";
    f.platform.put_file({.id = "1", .name = "a", .content = "x"});
    f.platform.put_file({.id = "2", .name = "c", .content = "x"});
    SUBCASE("in a dry run") {
        f.options.dry_run = true;
    }
    SUBCASE("in a run") {}
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::invalid);
    CHECK(summary.status.error().message.starts_with(
        "3 problems, and nothing was uploaded; the first: receipts cannot be written to "));
    CHECK(f.log.contains(LogLevel::error, "missing: "));
    CHECK(f.log.contains(LogLevel::error, "2 names are taken on the platform, and nothing was uploaded: a, c;"));
    CHECK(f.platform.count("init") == 0);
}

TEST_CASE("a refused token among other problems is what the step ends with") {
    JobFixture f;
    f.add("a", 5);
    f.options.files.push_back({.path = "missing", .name = std::nullopt});
    f.platform.hook = [](const Call&, CancelToken&) -> std::optional<HttpOutcome> {
        return reply(401, R"({"status":401,"code":90001,"message":"Unauthorized"})");
    };
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::auth);
    CHECK(summary.status.error().message.starts_with("2 problems, and nothing was uploaded; the first: "));
}

TEST_CASE("with problems here, a platform that cannot be met is waited for a minute, not for hours") {
    JobFixture f;
    f.add("a", 5);
    f.options.files.push_back({.path = "missing", .name = std::nullopt});
    f.platform.hook = [](const Call&, CancelToken&) -> std::optional<HttpOutcome> {
        return no_reply(FailureKind::no_connection);
    };
    const Instant began = f.clock.now();
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().message.starts_with("2 problems, and nothing was uploaded; the first: "));
    CHECK(f.clock.now() - began < std::chrono::minutes(3));
}

TEST_CASE("with problems here, no more than the first names of a large step are looked up") {
    JobFixture f;
    for (int i = 0; i < 2'500; ++i)
        f.add("f" + std::to_string(i), 1);
    f.options.files.push_back({.path = "missing", .name = std::nullopt});
    CHECK_FALSE(f.run().status.ok());
    CHECK(f.platform.count("list") == 20);
}

TEST_CASE("conflict skip: the same size is skipped with the id that is there, another size fails that file") {
    JobFixture f;
    f.options.conflict = Conflict::skip;
    const std::string same = f.add("same", 5);
    f.add("other", 5);
    const std::string fresh = f.add("new", 5);
    f.platform.put_file({.id = "id-same", .name = "same", .content = same});
    f.platform.put_file({.id = "id-other", .name = "other", .content = "longer than that"});
    SUBCASE("sizes in the listing") {}
    SUBCASE("sizes asked for, where the listing is short") {
        f.platform.complete_tells_size = false;
    }
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::conflict);
    CHECK(summary.status.error().message ==
          "other: the name is taken on the platform by a file of 16 bytes, and the local one has 5");
    CHECK(summary.files == 2);
    CHECK(summary.bytes == 5);
    REQUIRE(f.listener.files.size() == 2);
    CHECK(f.listener.files[0].skipped);
    CHECK(f.listener.files[0].id == "id-same");
    CHECK(f.listener.files[0].project == "me/project");
    CHECK(f.platform.content("new") == fresh);
    CHECK(f.listener.count("file_failed") == 1);
    CHECK(f.listener.progress_calls.back().files_total == 3);
    CHECK(f.listener.progress_calls.back().files_done == 2);
}

TEST_CASE("conflict overwrite: the old file gives way to the new one") {
    JobFixture f;
    f.options.conflict = Conflict::overwrite;
    const std::string content = f.add("a", 25);
    f.platform.put_file({.id = "old", .name = "a", .content = "old"});
    CHECK(f.run().status.ok());
    REQUIRE(f.platform.files().size() == 1);
    CHECK(f.platform.content("a") == content);
    CHECK(f.listener.files.at(0).id != "old");
}

TEST_CASE("of many files that give way or get another name the first have a line each, and the others a number") {
    JobFixture f;
    const char* told = "replaces the file";
    const char* sum = "to be replaced on the platform: 5 more files, each told at the log level debug";
    f.options.conflict = Conflict::overwrite;
    SUBCASE("overwrite") {}
    SUBCASE("rename") {
        f.options.conflict = Conflict::rename;
        told = "so it goes there as";
        sum = "to get another name, as theirs is taken: 5 more files, each told at the log level debug";
    }
    for (int i = 0; i < 25; ++i) {
        const std::string name = "f" + std::to_string(i);
        f.add(name, 1);
        f.platform.put_file({.id = "id" + name, .name = name, .content = "x"});
    }
    CHECK(f.run().status.ok());
    CHECK(lines_with(f.log.text(LogLevel::info), told) == 20);
    CHECK(lines_with(f.log.text(LogLevel::debug), told) == 5);
    CHECK(f.log.contains(LogLevel::info, sum));
}

TEST_CASE("a folder of that name stands in the way of every policy") {
    for (const Conflict policy : {Conflict::fail, Conflict::skip, Conflict::overwrite}) {
        JobFixture f;
        f.options.conflict = policy;
        f.add("a", 5);
        f.platform.put_file({.id = "1", .name = "a", .content = "", .folder = true});
        const UploadSummary summary = f.run();
        REQUIRE_FALSE(summary.status.ok());
        CHECK(summary.status.error().kind == ErrorKind::conflict);
        CHECK(f.platform.count("init") == 0);
    }
}

TEST_CASE("where a folder has the name, nothing is advised that does not help") {
    JobFixture f;
    f.add("a", 5);
    f.platform.put_file({.id = "1", .name = "a", .content = "", .folder = true});
    CHECK(f.run().status.error().message ==
          "a name is taken on the platform, and nothing was uploaded: a (a folder); choose other names, or set "
          "\"conflict\" to \"rename\"");
    f.add("b", 5);
    f.platform.put_file({.id = "2", .name = "b", .content = "x"});
    CHECK(f.run_again().status.error().message.ends_with(
        ": a (a folder), b; choose other names, or set \"conflict\" to \"skip\", \"rename\" or \"overwrite\"; where a "
        "folder has the name, only \"rename\" helps"));
}

TEST_CASE("a name that is taken in between fails its file alone") {
    JobFixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "init" && call.name == "a")
            return reply(409, R"({"status":409,"code":8005,"message":"file already exists"})");
        return std::nullopt;
    };
    f.add("a", 5);
    f.add("b", 5);
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::conflict);
    CHECK(f.platform.content("b") != "<none>");
}

TEST_CASE("a file that the platform renamed keeps its real name in the result, with a warning") {
    JobFixture f;
    f.platform.rename = [](const std::string& name) { return "_1_" + name; };
    f.add("a", 5);
    CHECK(f.run().status.ok());
    CHECK(f.listener.files.at(0).name == "_1_a");
    CHECK(f.log.mentions("a: the platform named the file _1_a"));
}

TEST_CASE("a local problem ends a step before anything is begun, and alone is the whole message") {
    JobFixture f;
    f.add("a", 5);
    f.options.files.push_back({.path = "missing", .name = std::nullopt});
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::invalid);
    CHECK(summary.status.error().message.find("problems") == std::string::npos);
    CHECK(f.platform.count("list") == 1);
    CHECK(summary.api_calls == 1);
}

} // namespace ferry::test
