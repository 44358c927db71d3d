#include "resume/known_uploads.hpp"

#include "fake_clock.hpp"
#include "recording_log.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace ferry::test {
namespace {

constexpr const char* endpoint = "https://api/v2";

struct Bench {
    TempDir dir;
    FakeClock clock;
    RecordingLog log;
    CancelToken cancel;
    UploadForgetter forgetter{dir.path().string(), {.clock = clock, .log = log}};

    std::unique_ptr<UploadJournal> open(const std::string& instance, const std::string& of = endpoint) {
        auto opened = UploadJournal::open(
            {.state_dir = dir.path().string(), .endpoint = of, .project = "me/p", .parent = {}, .instance = instance},
            {.clock = clock, .log = log, .on_lost = {}}, cancel);
        REQUIRE_MESSAGE(opened.ok(), opened.error().message);
        REQUIRE((*opened)->begin({"a", "b", "c", "d"}).ok());
        return std::move(*opened);
    }
    KnownUploads known() {
        auto read = known_uploads(dir.path().string(), endpoint, log);
        REQUIRE_MESSAGE(read.ok(), read.error().message);
        return std::move(*read);
    }
    std::size_t entries(const std::string& folder) const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(dir / folder), std::filesystem::directory_iterator()));
    }
};

void begin(UploadJournal& journal, const std::string& name) {
    CancelToken none;
    REQUIRE(journal.claim(name, "/d/" + name, none).ok());
    journal.begun(name, "/d/" + name, {100, 1, 2}, WallTime(Duration(1'000'000)));
}

void upload(UploadJournal& journal, const std::string& name, const std::string& id, std::uint32_t parts) {
    begin(journal, name);
    journal.opened(name, id, 10, true);
    for (std::uint32_t number = 1; number <= parts; ++number)
        journal.part_stored(name, {.report = {number, {{"ETag", "e"}}}, .size = 10, .md5 = {}});
}

OpenUpload listed(const std::string& id, const std::string& name = {}, const std::string& initiated = {}) {
    return {.upload_id = id, .project = {}, .parent = {}, .name = name, .initiated = initiated};
}

} // namespace

TEST_CASE("what may be open is known from all journals of the endpoint, while they are in use, too") {
    Bench bench;
    CHECK(bench.known().uploads.empty()); // there is no folder yet
    CHECK(known_uploads({}, endpoint, bench.log)->uploads.empty());
    const auto first = bench.open("first");
    upload(*first, "a", "U1", 3);
    upload(*first, "b", "U2", 1);
    first->done("b", {.id = "f"});
    upload(*first, "c", "U3", 1);
    first->dropped("c");
    const auto second = bench.open("second");
    upload(*second, "d", "U4", 2);
    second->completing("d", WallTime(Duration(9)));
    const auto elsewhere = bench.open("first", "https://other/v2");
    upload(*elsewhere, "a", "U1", 9);

    const KnownUploads known = bench.known();
    CHECK(known.uploads.size() == 2);
    CHECK(known.unreadable.empty());
    REQUIRE(known.of(listed("U1")).size() == 1);
    const KnownUpload one = known.of(listed("U1")).front();
    CHECK(one.name == "a");
    CHECK(one.path == "/d/a");
    CHECK(one.parts_stored == 3);
    CHECK(one.target.project == "me/p");
    CHECK_FALSE(one.completing);
    CHECK(known.of(listed("U4")).front().completing);
    CHECK(known.of(listed("U9", "a")).empty());
}

TEST_CASE("an upload whose id is not known is told by its name, target and time") {
    Bench bench;
    begin(*bench.open("step"), "a"); // at 1970-01-01T00:16:40Z
    const KnownUploads known = bench.known();
    REQUIRE(known.uploads.size() == 1);
    CHECK(known.of(listed("U1", "a")).size() == 1);
    CHECK(known.of(listed("U1", "b")).empty());
    CHECK(known.of(listed("U1", "a", "1970-01-01T00:16:39Z")).size() == 1);
    CHECK(known.of(listed("U1", "a", "1970-01-01T00:16:37Z")).empty());
    OpenUpload other = listed("U1", "a");
    other.project = "me/other";
    CHECK(known.of(other).empty());
}

TEST_CASE("what a journal had of a forgotten upload is gone at once, the rest stays") {
    Bench bench;
    {
        const auto journal = bench.open("step");
        upload(*journal, "a", "U1", 3);
        upload(*journal, "b", "U2", 2);
        upload(*journal, "c", "U3", 1);
        journal->done("c", {.id = "f9"});
        upload(*journal, "d", "U4", 1);
    }
    const KnownUploads known = bench.known();
    for (const char* id : {"U1", "U4"}) {
        const KnownUpload one = known.of(listed(id)).front();
        REQUIRE(bench.forgetter.reserve(one, bench.cancel).ok());
        bench.forgetter.forget(one);
    }
    CHECK(bench.known().uploads.size() == 1); // it is on disk at once
    CHECK(bench.known().of(listed("U2")).front().parts_stored == 2);
    CHECK(bench.entries("uploads/open") == 1);
    CHECK(journal_holder(bench.dir.path().string(), known.uploads.front().journal)); // while the forgetter lives
}

TEST_CASE("a lease of the forgetter's ends with it, and the step's next run finds what was left") {
    Bench bench;
    {
        const auto journal = bench.open("step");
        upload(*journal, "a", "U1", 3);
        upload(*journal, "c", "U3", 1);
        journal->done("c", {.id = "f9"});
    }
    {
        UploadForgetter forgetter(bench.dir.path().string(), {.clock = bench.clock, .log = bench.log});
        const KnownUpload one = bench.known().uploads.front();
        REQUIRE(forgetter.reserve(one, bench.cancel).ok());
        REQUIRE(forgetter.reserve(one, bench.cancel).ok()); // it has it already
        forgetter.forget(one);
    }
    const auto journal = bench.open("step");
    CHECK(journal->saved("a") == nullptr);
    REQUIRE(journal->saved("c"));
    CHECK(journal->saved("c")->done->id == "f9");
    CHECK(bench.log.count(LogLevel::warn) == 0);
    CHECK(bench.clock.waited() == Duration{0});
}

TEST_CASE("an upload that a living process has in work is refused at once, with its host and pid") {
    Bench bench;
    const auto journal = bench.open("step");
    upload(*journal, "a", "U1", 3);
    const KnownUpload one = bench.known().uploads.front();
    const Status refused = bench.forgetter.reserve(one, bench.cancel);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == ErrorKind::conflict);
    CHECK(refused.error().message.starts_with("process " + std::to_string(::getpid()) + " on host "));
    CHECK(refused.error().message.find("has the upload of a in work, since 2") != std::string::npos);
    CHECK(bench.clock.waited() == Duration{0});
    CHECK(bench.log.count(LogLevel::warn) == 0);
    journal->part_stored("a", {.report = {4, {{"ETag", "e"}}}, .size = 10, .md5 = {}}); // nothing was taken from it
    CHECK(bench.known().uploads.front().parts_stored == 4);
}

TEST_CASE("a journal of another version, or of nobody's, is told and left alone") {
    Bench bench;
    { upload(*bench.open("step"), "a", "U1", 3); }
    const KnownUpload one = bench.known().uploads.front();
    const std::string file = "uploads/" + one.journal + ".journal";
    std::ofstream(bench.dir / file) << "not ours\n";
    bench.dir.write("uploads/other.journal", "of another kind of name");
    const KnownUploads known = bench.known();
    CHECK(known.uploads.empty());
    CHECK(known.unreadable == std::vector<std::string>{one.journal});
    CHECK(bench.log.count(LogLevel::warn) == 1);
    CHECK(bench.forgetter.reserve(one, bench.cancel).ok()); // its step finds out by itself
    bench.forgetter.forget(one);
    CHECK(bench.log.contains(LogLevel::warn, "begin them anew"));
    CHECK(read_file(bench.dir / file) == "not ours\n");
}

TEST_CASE("a folder that others may read is refused") {
    Bench bench;
    { upload(*bench.open("step"), "a", "U1", 3); }
    ::chmod((bench.dir / "uploads").c_str(), 0755);
    const auto read = known_uploads(bench.dir.path().string(), endpoint, bench.log);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().kind == ErrorKind::invalid);
}

} // namespace ferry::test
