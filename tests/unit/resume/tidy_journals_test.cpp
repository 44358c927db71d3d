#include "resume/tidy_journals.hpp"

#include "fake_clock.hpp"
#include "recording_log.hpp"
#include "resume/journal_files.hpp"
#include "state/unused.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <ctime>
#include <filesystem>
#include <set>

namespace ferry::test {
namespace {

constexpr const char* endpoint = "https://api/v2";

struct Bench {
    TempDir dir;
    FakeClock clock;
    RecordingLog log;
    CancelToken cancel;
    std::vector<std::string> asked;
    std::set<std::string> gone; // on the platform

    std::unique_ptr<UploadJournal> open(const std::string& instance, const std::string& of = endpoint) {
        auto opened = UploadJournal::open(
            {.state_dir = dir.path().string(), .endpoint = of, .project = "me/p", .parent = {}, .instance = instance},
            {.clock = clock, .log = log, .on_lost = {}}, cancel);
        REQUIRE_MESSAGE(opened.ok(), opened.error().message);
        REQUIRE((*opened)->begin({"f"}).ok());
        return std::move(*opened);
    }
    // A step's journal with the file "f", done or with an upload of that id; answers the journal's id.
    std::string leave(const std::string& instance, const std::string& upload_id, bool done,
                      const std::string& of = endpoint) {
        const auto before = journals();
        const auto journal = open(instance, of);
        REQUIRE(journal->claim("f", "/d/f", cancel).ok());
        journal->begun("f", "/d/f", {10, 1, 2}, WallTime(Duration(1'000'000)));
        if (!upload_id.empty())
            journal->opened("f", upload_id, 10, true);
        if (done)
            journal->done("f", {.file = 0, .id = "file-1"});
        for (const std::string& id : journals())
            if (!before.contains(id))
                return id;
        return {};
    }
    std::set<std::string> journals() const {
        std::set<std::string> ids;
        if (std::filesystem::exists(dir / "uploads"))
            for (const auto& entry : std::filesystem::directory_iterator(dir / "uploads"))
                if (entry.path().extension() == ".journal")
                    ids.insert(entry.path().stem());
        return ids;
    }
    std::size_t notes() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(dir / "uploads/open"),
                                                      std::filesystem::directory_iterator()));
    }
    std::string path(const std::string& file) const { return (dir / ("uploads/" + file)).string(); }
    void age(const std::string& file, int days) const {
        const timespec then{.tv_sec = std::time(nullptr) - std::int64_t{days} * 24 * 3600, .tv_nsec = 0};
        const timespec times[2]{then, then};
        REQUIRE(::utimensat(AT_FDCWD, path(file).c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
    }
    std::size_t tidy() {
        return tidy_journals({.state_dir = dir.path().string(),
                              .endpoint = endpoint,
                              .clock = clock,
                              .log = log,
                              .is_gone =
                                  [this](const KnownUpload& upload) {
                                      asked.push_back(upload.upload_id);
                                      return gone.contains(upload.upload_id);
                                  }},
                             cancel);
    }
    void next_turn() const { std::filesystem::remove(dir / "uploads/tidied"); }
};

} // namespace

TEST_CASE("what is done and was used by nobody for long goes, once an hour, and the rest stays") {
    Bench bench;
    const std::string old = bench.leave("old", "u1", true);
    const std::string young = bench.leave("young", "u2", true);
    bench.age(old + ".journal", 91);
    bench.age(young + ".journal", 89);
    CHECK(bench.tidy() == 1);
    CHECK(bench.journals() == std::set<std::string>{young});
    bench.age(young + ".journal", 91);
    CHECK(bench.tidy() == 0); // not its turn
    bench.age("tidied", 1);
    CHECK(bench.tidy() == 1);
    CHECK(bench.journals().empty());
    CHECK(bench.asked.empty());
    for (const auto& entry : std::filesystem::directory_iterator(bench.dir / "uploads"))
        CHECK_MESSAGE((entry.path().filename() == "open" || entry.path().filename() == "tidied"), entry.path());
}

TEST_CASE("a journal with an unfinished upload goes only if the platform has that no more") {
    Bench bench;
    const std::string open = bench.leave("open", "u1", false);
    const std::string other = bench.leave("elsewhere", "u2", false, "https://other/v2");
    bench.next_turn();
    std::filesystem::remove_all(bench.dir / "uploads/open"); // each has the name
    std::filesystem::create_directory(bench.dir / "uploads/open");
    ::chmod(bench.path("open").c_str(), 0700);
    const std::string gone = bench.leave("gone", "u3", false);
    CHECK(bench.notes() == 1);
    bench.gone = {"u2", "u3"};
    for (const std::string& id : {open, other, gone})
        bench.age(id + ".journal", 91);
    CHECK(bench.tidy() == 1);
    CHECK(bench.journals() == std::set<std::string>{open, other});
    CHECK(bench.notes() == 0);
    CHECK(std::set<std::string>(bench.asked.begin(), bench.asked.end()) == std::set<std::string>{"u1", "u3"});
    CHECK(bench.log.contains(LogLevel::info, "upload u1 of /d/f is still unfinished"));
    bench.next_turn();
    bench.asked.clear();
    CHECK(bench.tidy() == 0); // looked at again only after as long
    CHECK(bench.asked.empty());
}

TEST_CASE("an upload that was only begun is never taken for gone") {
    Bench bench;
    const std::string begun = bench.leave("begun", "", false);
    bench.age(begun + ".journal", 400);
    CHECK(bench.tidy() == 0);
    CHECK(bench.journals() == std::set<std::string>{begun});
}

TEST_CASE("a journal in work stays, and so does one that is taken between look and removal") {
    Bench bench;
    const std::string worked = bench.leave("worked", "u1", true);
    const auto owner = bench.open("worked");
    bench.age(worked + ".journal", 91);
    CHECK(bench.tidy() == 0);
    CHECK(bench.journals() == std::set<std::string>{worked});
    bench.next_turn();
    CHECK(owner->knows_any()); // it goes on as if nothing had been
    owner->begun("f", "/d/f", {10, 1, 2}, WallTime(Duration(1'000'000)));
    owner->opened("f", "u9", 10, true);
    CHECK(bench.tidy() == 0);
    const auto known = known_uploads(bench.dir.path().string(), endpoint, bench.log);
    REQUIRE(known.ok());
    CHECK(known->uploads.size() == 1);
}

TEST_CASE("a journal that is used again while the platform is asked for another stays") {
    Bench bench;
    const std::string a = bench.leave("a", "u1", false);
    const std::string b = bench.leave("b", "u2", false);
    for (const std::string& id : {a, b})
        bench.age(id + ".journal", 91);
    bench.gone = {"u1", "u2"};
    std::unique_ptr<UploadJournal> taken;
    const std::size_t removed = tidy_journals({.state_dir = bench.dir.path().string(),
                                               .endpoint = endpoint,
                                               .clock = bench.clock,
                                               .log = bench.log,
                                               .is_gone =
                                                   [&](const KnownUpload& upload) {
                                                       if (!taken) // another process begins with the other step
                                                           taken = bench.open(upload.upload_id == "u1" ? "b" : "a");
                                                       return true;
                                                   }},
                                              bench.cancel);
    CHECK(removed == 1);
    REQUIRE(bench.journals().size() == 1);
    CHECK(taken->saved("f"));
}

TEST_CASE("what cannot be read stays, and what dead processes have left for a moment goes") {
    Bench bench;
    bench.leave("x", "u1", true);
    const std::string id(32, 'a');
    const auto put = [&](const std::string& file, const std::string& text, int days) {
        bench.dir.write("uploads/" + file, text);
        ::chmod(bench.path(file).c_str(), 0600);
        bench.age(file, days);
    };
    put(id + ".journal", "of another version\n", 400);
    put(id + ".foreign", "somebody's\n", 400);
    put("notes.txt", "somebody's\n", 400);
    put(std::string(32, 'b') + ".lease", "nobody\n1\n", 400);
    put(std::string(32, 'c') + ".new", "half", 400);
    put(std::string(32, 'd') + ".new", "half", 1);
    put(std::string(32, 'e') + ".lease.123", "x", 400);
    put(std::string(32, 'f') + ".journal", "", 400);
    CHECK(bench.tidy() == 1);
    const auto there = [&](const std::string& file) { return std::filesystem::exists(bench.path(file)); };
    CHECK(there(id + ".journal"));
    CHECK(there(id + ".foreign"));
    CHECK(there("notes.txt"));
    CHECK_FALSE(there(std::string(32, 'b') + ".lease"));
    CHECK_FALSE(there(std::string(32, 'c') + ".new"));
    CHECK(there(std::string(32, 'd') + ".new"));
    CHECK_FALSE(there(std::string(32, 'e') + ".lease.123"));
    CHECK_FALSE(there(std::string(32, 'f') + ".journal"));
}

TEST_CASE("many are removed in several turns, and few uploads are asked for in one") {
    Bench bench;
    for (int i = 0; i < 250; ++i) {
        const std::string id = note_file("id", std::to_string(i));
        bench.dir.write("uploads/" + id + ".journal", "");
        ::chmod(bench.path(id + ".journal").c_str(), 0600);
        bench.age(id + ".journal", 91);
    }
    ::chmod(bench.path("").c_str(), 0700);
    CHECK(bench.tidy() == 200);
    bench.next_turn();
    CHECK(bench.tidy() == 50);
    for (int i = 0; i < 12; ++i)
        bench.age(bench.leave("s" + std::to_string(i), "u" + std::to_string(i), false) + ".journal", 91);
    bench.next_turn();
    CHECK(bench.tidy() == 0);
    CHECK(bench.asked.size() == 8);
}

TEST_CASE("without a state directory, or with one that is not for us, nothing is done") {
    Bench bench;
    CHECK(bench.tidy() == 0);
    CHECK_FALSE(std::filesystem::exists(bench.dir / "uploads"));
    std::filesystem::create_directory(bench.dir / "uploads");
    ::chmod(bench.path("").c_str(), 0755);
    CHECK(bench.tidy() == 0);
    CHECK_FALSE(std::filesystem::exists(bench.dir / "uploads/tidied"));
}

} // namespace ferry::test
