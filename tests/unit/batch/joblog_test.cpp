#include "batch/joblog.hpp"
#include "batch/known_rows.hpp"
#include "batch/row_text.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <limits>
#include <vector>

using namespace ferry;
using test::read_file;
using test::TempDir;

namespace {

constexpr const char* kHeader = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

JoblogEntry entry(std::uint64_t seq, const std::string& sample, int code = 0, int signal = 0) {
    return {seq, "node1", 1376577364.9744, 10.0031, code, signal, row_command("w.json", {{"sample", sample}})};
}

struct Opened {
    std::unique_ptr<Joblog> joblog;
    std::string problem;
    std::vector<JoblogEntry> entries;
    std::uint64_t odd = 0;
};

Opened open(const std::filesystem::path& path, Joblog::Mode mode) {
    Opened opened;
    Joblog::Known known{[&](const JoblogEntry& found) { opened.entries.push_back(found); }, 0};
    auto result = Joblog::open(path, mode, known);
    if (const auto* reason = std::get_if<std::string>(&result))
        opened.problem = *reason;
    else
        opened.joblog = std::move(std::get<std::unique_ptr<Joblog>>(result));
    opened.odd = known.odd_lines;
    return opened;
}

KnownRows known_of(const std::vector<JoblogEntry>& entries) {
    KnownRows known;
    for (const JoblogEntry& found : entries)
        known.add(found);
    known.seal();
    return known;
}

std::uint64_t hash_of(const std::string& sample) {
    return row_hash({{"sample", sample}});
}

} // namespace

TEST_CASE("a line as GNU parallel writes it, and back") {
    const std::string line = to_line(entry(17, "a b", 1));
    CHECK(line == "17\tnode1\t1376577364.974\t    10.003\t0\t0\t1\t0\tferry run w.json --var 'sample=a b'\n");
    const auto back = parse_joblog_line(line.substr(0, line.size() - 1));
    REQUIRE(back);
    CHECK(back->seq == 17);
    CHECK(back->host == "node1");
    CHECK(back->exit_code == 1);
    CHECK(back->command == "ferry run w.json --var 'sample=a b'");
    // GNU parallel's own.
    CHECK(parse_joblog_line("1\t:\t1376577364.974\t     0.001\t0\t12\t0\t15\tsleep 1")->signal == 15);
    for (const char* text : {"", "1\t:\t1\t1\t0\t0\t0\t0", "x\t:\t1\t1\t0\t0\t0\t0\tc", "1\t:\t1\t1\t0\t0\t\t0\tc",
                             "1\t:\t1\tx\t0\t0\t0\t0\tc", "-1\t:\t1\t1\t0\t0\t0\t0\tc"})
        CHECK_FALSE(parse_joblog_line(text));
}

TEST_CASE("each shard has a joblog of its own") {
    CHECK(with_shard("rows.joblog", 1, 1) == "rows.joblog");
    CHECK(with_shard("rows.joblog", 2, 8) == "rows.2-of-8.joblog");
    CHECK(with_shard("d.1/rows", 2, 8) == "d.1/rows.2-of-8");
}

TEST_CASE("lines are appended, and read by the next batch") {
    const TempDir dir;
    const auto path = dir / "rows.joblog";
    {
        const Opened first = open(path, Joblog::Mode::fresh);
        REQUIRE_MESSAGE(first.joblog, first.problem);
        CHECK_FALSE(first.joblog->append(entry(1, "a")));
        CHECK_FALSE(first.joblog->append(entry(2, "b", 1)));
    }
    CHECK(read_file(path) == kHeader + to_line(entry(1, "a")) + to_line(entry(2, "b", 1)));
    {
        const Opened again = open(path, Joblog::Mode::go_on);
        REQUIRE(again.joblog);
        REQUIRE(again.entries.size() == 2);
        CHECK(again.entries[1].command == "ferry run w.json --var sample=b");
        CHECK_FALSE(again.joblog->append(entry(3, "c")));
    }
    CHECK(open(path, Joblog::Mode::read_only).entries.size() == 3);
    CHECK_FALSE(open(dir / "none", Joblog::Mode::read_only).joblog);
    CHECK_FALSE(std::filesystem::exists(dir / "none"));
}

TEST_CASE("a batch from the start keeps the joblog before it") {
    const TempDir dir;
    const auto path = dir / "rows.joblog";
    const std::string before = kHeader + to_line(entry(1, "a"));
    dir.write("rows.joblog", before);
    const Opened fresh = open(path, Joblog::Mode::fresh);
    REQUIRE_MESSAGE(fresh.joblog, fresh.problem);
    CHECK(fresh.entries.empty());
    CHECK(read_file(path) == kHeader);
    CHECK(read_file(dir / "rows.joblog.old") == before);
}

TEST_CASE("a line that was cut off is repaired, and lines that are none are counted") {
    const TempDir dir;
    const std::string whole = kHeader + to_line(entry(1, "a"));
    const auto path = dir.write("j", whole + "2\tnode1\t13765773");
    CHECK(open(path, Joblog::Mode::read_only).entries.size() == 1);
    CHECK(read_file(path).size() > whole.size());
    CHECK(open(path, Joblog::Mode::go_on).entries.size() == 1);
    CHECK(read_file(path) == whole);
    dir.write("j", whole + "nonsense\n" + to_line(entry(2, "b")));
    const Opened odd = open(path, Joblog::Mode::go_on);
    CHECK(odd.odd == 1);
    CHECK(odd.entries.size() == 2);
    // A header that was cut off is an empty joblog.
    const auto begun = dir.write("k", "Seq\tHo");
    REQUIRE(open(begun, Joblog::Mode::go_on).joblog);
    CHECK(read_file(begun) == kHeader);
}

TEST_CASE("no other file is taken for a joblog, and no link is followed") {
    const TempDir dir;
    const auto other = dir.write("rows.csv", "sample\na\n");
    for (const auto mode : {Joblog::Mode::fresh, Joblog::Mode::go_on})
        CHECK(open(other, mode).problem.find("holds something else than a joblog") != std::string::npos);
    CHECK(read_file(other) == "sample\na\n");
    dir.write("real", kHeader);
    std::filesystem::create_symlink("real", dir / "link");
    CHECK(open(dir / "link", Joblog::Mode::go_on).problem.find("symbolic link") != std::string::npos);
    CHECK_FALSE(open(dir.path(), Joblog::Mode::go_on).problem.empty());
    CHECK(open(dir / "no/such", Joblog::Mode::fresh).problem.find("No such file") != std::string::npos);
}

TEST_CASE("one batch at a time writes to a joblog") {
    const TempDir dir;
    const Opened first = open(dir / "j", Joblog::Mode::fresh);
    REQUIRE(first.joblog);
    for (const auto mode : {Joblog::Mode::fresh, Joblog::Mode::go_on})
        CHECK(open(dir / "j", mode).problem.find("is in use: another ferry batch writes to it") != std::string::npos);
    CHECK(open(dir / "j", Joblog::Mode::read_only).problem.empty());
}

TEST_CASE("done is done; else the last line counts; a stopped row was never") {
    KnownRows known = known_of({entry(1, "done"), entry(2, "failed", 1), entry(3, "stopped", 143, 15),
                                entry(4, "mended", 1), entry(4, "mended"), entry(5, "again"), entry(5, "again", 1),
                                entry(6, "cut", 1), entry(6, "cut", 143, 15)});
    CHECK(known.take(hash_of("done"), 99) == Before::done);
    CHECK(known.take(hash_of("failed"), 99) == Before::failed);
    CHECK(known.take(hash_of("stopped"), 99) == Before::never);
    CHECK(known.take(hash_of("mended"), 99) == Before::done);
    CHECK(known.take(hash_of("again"), 99) == Before::done);
    CHECK(known.take(hash_of("cut"), 99) == Before::never);
    CHECK(known.take(hash_of("new"), 99) == Before::never);
}

TEST_CASE("of rows that are the same, as many are done as were") {
    KnownRows known = known_of({entry(3, "twin"), entry(8, "twin", 1), entry(9, "twin", 1), entry(9, "twin")});
    CHECK(known.take(hash_of("twin"), 99) == Before::done);
    CHECK(known.take(hash_of("twin"), 99) == Before::done);
    CHECK(known.take(hash_of("twin"), 99) == Before::failed);
    CHECK(known.take(hash_of("twin"), 99) == Before::never);
}

TEST_CASE("each success of rows that are the same counts, at whatever place it was") {
    // Rows 1 and 3 were the same; the table was sorted anew, and the second of them stands at place 1 now.
    KnownRows known = known_of({entry(1, "twin"), entry(1, "twin")});
    CHECK(known.take(hash_of("twin"), 99) == Before::done);
    CHECK(known.take(hash_of("twin"), 99) == Before::done);
    CHECK(known.take(hash_of("twin"), 99) == Before::never);
}

TEST_CASE("a failure that was made good at another place stands for no other row") {
    KnownRows known = known_of(
        {entry(4, "moved", 1), entry(1, "moved"), entry(7, "first", 1), entry(2, "first", 1), entry(7, "first")});
    CHECK(known.take(hash_of("moved"), 99) == Before::done);
    CHECK(known.take(hash_of("moved"), 99) == Before::never);
    CHECK(known.take(hash_of("first"), 99) == Before::done);
    CHECK(known.take(hash_of("first"), 99) == Before::failed);
    CHECK(known.take(hash_of("first"), 99) == Before::never);
}

TEST_CASE("what is known of a row at its very place is kept for it, whoever looks at which time") {
    // Rows 1 and 2 are the same, and in two shards; the second has done its own.
    KnownRows known;
    known.add(entry(2, "twin"));
    known.seal(true);
    KnownRows pinned = known;
    pinned.pin(hash_of("twin"), 1);
    pinned.pin(hash_of("twin"), 2);
    CHECK(pinned.take(hash_of("twin"), 1) == Before::never);
    CHECK(pinned.take(hash_of("twin"), 2) == Before::done);
    // A line of a place that holds another row now goes to the first that is left.
    KnownRows moved = known;
    moved.pin(hash_of("twin"), 1);
    moved.pin(hash_of("twin"), 3);
    CHECK(moved.take(hash_of("twin"), 1) == Before::done);
    CHECK(moved.take(hash_of("twin"), 3) == Before::never);
}

TEST_CASE("lines of several joblogs count in the order of their ends, whatever their numbers say") {
    JoblogEntry failed = entry(4, "moved", 1);
    JoblogEntry done = entry(1, "moved");
    failed.start = 100;
    done.start = 200;
    JoblogEntry odd = entry(9, "odd");
    odd.start = std::numeric_limits<double>::quiet_NaN();
    KnownRows known;
    for (const JoblogEntry& line : {done, failed, odd})
        known.add(line);
    known.seal(true);
    CHECK(known.take(hash_of("moved"), 7) == Before::done);
    CHECK(known.take(hash_of("moved"), 8) == Before::never);
    CHECK(known.take(hash_of("odd"), 9) == Before::done);
    CHECK(known.workflows() == std::set<std::string>{"w.json"});
}
