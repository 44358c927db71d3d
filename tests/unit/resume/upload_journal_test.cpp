#include "resume/upload_journal.hpp"

#include "fake_clock.hpp"
#include "recording_log.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <fstream>
#include <memory>
#include <string>
#include <sys/stat.h>

namespace ferry::test {
namespace {

struct Bench {
    TempDir dir;
    FakeClock clock;
    RecordingLog log;
    CancelToken cancel;

    JournalPlace place(const std::string& instance = "step") const {
        return {.state_dir = dir.path().string(),
                .endpoint = "https://api/v2",
                .project = "me/p",
                .parent = {},
                .instance = instance};
    }
    Result<std::unique_ptr<UploadJournal>> try_open(const std::string& instance = "step") {
        return UploadJournal::open(place(instance), {.clock = clock, .log = log, .on_lost = {}}, cancel);
    }
    std::unique_ptr<UploadJournal> open(const std::string& instance = "step") {
        auto opened = try_open(instance);
        REQUIRE_MESSAGE(opened.ok(), opened.error().message);
        REQUIRE((*opened)->begin({"a", "b"}).ok());
        return std::move(*opened);
    }
    std::filesystem::path file() const {
        for (const auto& entry : std::filesystem::directory_iterator(dir / "uploads"))
            if (entry.path().extension() == ".journal")
                return entry.path();
        FAIL("no journal");
        return {};
    }
    std::size_t notes() const {
        const auto begin = std::filesystem::directory_iterator(dir / "uploads/open");
        return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
    }
};

SavedPart part(std::uint32_t number) {
    return {.report = {number, {{"ETag", "e" + std::to_string(number)}}}, .size = 10, .md5 = {}};
}

void upload(UploadJournal& journal, const std::string& name, const std::string& id, std::uint32_t parts) {
    CancelToken none;
    (void)journal.claim(name, "/d/" + name, none);
    journal.begun(name, "/d/" + name, {100, 1, 2}, WallTime(Duration(5)));
    journal.opened(name, id, 10, true);
    for (std::uint32_t number = 1; number <= parts; ++number)
        journal.part_stored(name, part(number));
}

} // namespace

TEST_CASE("the next process knows what the last one told, private on disk") {
    Bench bench;
    {
        const auto journal = bench.open();
        CHECK(journal->saved("a") == nullptr);
        upload(*journal, "a", "U1", 3);
        upload(*journal, "b", "U2", 1);
        journal->completing("b", WallTime(Duration(9)));
        journal->done("b", {.id = "f9", .name = "b", .project = "me/p", .parent = {}, .etag = "x-1"});
        CHECK(bench.notes() == 1); // only what is open has one
        struct stat info {};
        REQUIRE(::stat(bench.file().c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);
    }
    for (int i = 0; i < 3; ++i) { // each opening writes it anew
        const auto journal = bench.open();
        REQUIRE(journal->saved("a"));
        CHECK(journal->saved("a")->upload_id == "U1");
        CHECK(journal->saved("a")->parts.size() == 3);
        CHECK(journal->saved("a")->source.size == 100);
        REQUIRE(journal->saved("b"));
        CHECK(journal->saved("b")->done->id == "f9");
    }
}

TEST_CASE("a dropped upload and a done file that is no longer asked for are forgotten, an open one never") {
    Bench bench;
    {
        const auto journal = bench.open();
        upload(*journal, "a", "U1", 1);
        journal->dropped("a");
        CHECK(bench.notes() == 0);
        upload(*journal, "b", "U2", 1);
        journal->done("b", {.id = "f"});
        upload(*journal, "old", "U3", 1);
    }
    auto opened = bench.try_open();
    REQUIRE((*opened)->begin({"a"}).ok());
    opened->reset();
    const auto journal = bench.open();
    CHECK(journal->saved("a") == nullptr);
    CHECK(journal->saved("b") == nullptr);
    CHECK(journal->saved("old"));
}

TEST_CASE("a torn tail and damaged lines cost what they told, no more") {
    Bench bench;
    {
        const auto journal = bench.open();
        upload(*journal, "a", "U1", 3);
    }
    const std::string whole = read_file(bench.file());
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        std::ofstream(bench.file()) << whole.substr(0, size);
        const auto journal = bench.open();
        if (const SavedFile* saved = journal->saved("a"))
            for (const auto& [number, stored] : saved->parts)
                CHECK(stored.report.headers.at(0).value == "e" + std::to_string(number));
    }
    std::string damaged = whole;
    damaged[whole.find("\"n\":2")] = '!';
    std::ofstream(bench.file()) << damaged;
    const auto journal = bench.open();
    REQUIRE(journal->saved("a"));
    CHECK(journal->saved("a")->parts.size() == 2);
    CHECK(bench.log.contains(LogLevel::warn, "1 damaged lines are left out"));
}

TEST_CASE("a foreign file is kept aside, another version's is left alone") {
    Bench bench;
    { const auto journal = bench.open(); }
    const auto file = bench.file();
    std::ofstream(file) << "not ours\n";
    { CHECK(bench.open()->saved("a") == nullptr); }
    CHECK(bench.log.contains(LogLevel::warn, "is no journal of Ferry's"));
    CHECK(read_file(std::filesystem::path(file).replace_extension(".foreign")) == "not ours\n");
    journal::Header header;
    header.version = 9;
    const std::string other = journal::to_line(header);
    std::ofstream(file) << other;
    const auto opened = bench.try_open();
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().kind == ErrorKind::invalid);
    CHECK(opened.error().message.find("format 9") != std::string::npos);
    CHECK(read_file(file) == other);
}

TEST_CASE("two at one step exclude each other, two steps do not") {
    Bench bench;
    const auto journal = bench.open();
    const auto second = bench.try_open();
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().kind == ErrorKind::conflict);
    CHECK(bench.try_open("another step").ok());
}

TEST_CASE("another step that has the same file takes up its open upload, but not from a living one") {
    Bench bench;
    {
        const auto first = bench.open("first");
        upload(*first, "a", "U1", 3);
        const auto second = bench.open("second");
        const auto refused = second->claim("a", "/d/a", bench.cancel);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().kind == ErrorKind::conflict);
        CHECK(refused.error().message.find("a: process ") == 0);
    }
    {
        const auto second = bench.open("second");
        const auto taken = second->claim("a", "/d/a", bench.cancel);
        REQUIRE(taken.ok());
        REQUIRE(taken->has_value());
        CHECK((*taken)->upload_id == "U1");
        CHECK((*taken)->parts.size() == 3);
    }
    CHECK(bench.notes() == 1);
    CHECK(bench.open("second")->saved("a")->parts.size() == 3); // it is in the second's journal now
}

TEST_CASE("a file that goes under another name is known by its own, and its path is marked while it is open") {
    Bench bench;
    const auto begin = [](UploadJournal& journal, const std::string& as) {
        journal.begun("a", "/d/a", {100, 1, 2}, WallTime(Duration(5)), as);
        journal.opened("a", "U-" + as, 10, true);
    };
    {
        const auto journal = bench.open();
        CHECK(journal->reserve("a_1"));
        CHECK(journal->reserve("a_1")); // it is ours
        begin(*journal, "a_1");
        const auto other = bench.open("other");
        CHECK_FALSE(other->reserve("a_1"));
        CHECK(other->reserve("a"));
        CHECK(journal->reserve("a_2"));
        begin(*journal, "a_2"); // the first name was taken after all
        CHECK(other->reserve("a_1"));
    }
    {
        const auto journal = bench.open();
        const SavedFile* saved = journal->saved("a");
        REQUIRE(saved);
        CHECK(saved->as == "a_2");
        CHECK(saved->placed() == "a_2");
        CHECK(saved->upload_id == "U-a_2");
        CancelToken none;
        const auto other = bench.open("other");
        CHECK_FALSE(other->reserve("a_2"));
        CHECK_FALSE(*other->claim("a", "/d/a", none)); // that name it does not have
        journal->done("a", {.id = "f1", .name = "a_2"});
        CHECK(other->reserve("a_2"));
    }
    const auto journal = bench.open();
    REQUIRE(journal->saved("a")->done);
    CHECK(journal->saved("a")->done->name == "a_2");
}

TEST_CASE("a chosen name lies in the folder of the one that was asked for") {
    SavedFile file;
    file.name = "runs/7/a";
    CHECK(file.placed() == "runs/7/a");
    file.as = "a_1";
    CHECK(file.placed() == "runs/7/a_1");
}

TEST_CASE("a dry run reads, writes nothing and waits for nobody") {
    Bench bench;
    auto place = bench.place();
    place.read_only = true;
    const auto look = [&] {
        return UploadJournal::open(place, {.clock = bench.clock, .log = bench.log, .on_lost = {}}, bench.cancel);
    };
    REQUIRE(look().ok());
    CHECK_FALSE(std::filesystem::exists(bench.dir / "uploads"));
    const auto journal = bench.open();
    upload(*journal, "a", "U1", 3);
    const std::string before = read_file(bench.file());
    const auto dry = look();
    REQUIRE(dry.ok());
    REQUIRE((*dry)->begin({"a"}).ok());
    CHECK((*dry)->saved("a")->parts.size() == 3);
    CHECK(read_file(bench.file()) == before);
    CHECK(bench.clock.waited() == Duration{0});
}

TEST_CASE("a state directory that cannot be written costs resuming, not the upload") {
    Bench bench;
    bench.dir.write("uploads", "a file in the way");
    const auto opened = bench.try_open();
    REQUIRE_FALSE(opened.ok()); // that is no accident
    CHECK(opened.error().kind == ErrorKind::invalid);

    auto place = bench.place();
    place.state_dir = "/proc/self/nowhere";
    const auto none = UploadJournal::open(place, {.clock = bench.clock, .log = bench.log, .on_lost = {}}, bench.cancel);
    REQUIRE(none.ok());
    REQUIRE((*none)->begin({"a"}).ok());
    upload(**none, "a", "U1", 2);
    (*none)->done("a", {.id = "f"});
    CHECK(bench.log.contains(LogLevel::warn, "the upload goes on"));
}

} // namespace ferry::test
