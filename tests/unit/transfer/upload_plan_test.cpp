#include "recording_log.hpp"
#include "temp_dir.hpp"
#include "transfer/upload_plan.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

UploadOptions options_for(const TempDir& dir, std::vector<FileRequest> files) {
    UploadOptions options;
    options.work_dir = dir.path().string();
    options.files = std::move(files);
    return options;
}

// The plan, or what is wrong with the files.
Result<PlanList> planned(const UploadOptions& options, Log& log, const CancelToken& cancel) {
    PlanProblems problems;
    auto files = plan_files(options, problems, log, cancel);
    return problems.any() ? Result<PlanList>(problems.error(log)) : std::move(files);
}

FileRequest request(std::string path, std::optional<std::string> name = std::nullopt) {
    return {.path = std::move(path), .name = std::move(name)};
}

} // namespace

TEST_CASE("names: any character but a slash, at most 255 characters, UTF-8") {
    CHECK(name_problem("a b\t\"%+#&?\\.bam").empty());
    CHECK(name_problem(".").empty()); // the platform's to judge
    std::string umlauts;
    for (int i = 0; i < 255; ++i)
        umlauts += "\xC3\xA4";
    CHECK(name_problem(umlauts).empty()); // 510 bytes
    CHECK(name_problem(umlauts + "x").find("256 characters") != std::string::npos);
    CHECK(name_problem("").find("empty") != std::string::npos);
    CHECK(name_problem("a/b").find("slash") != std::string::npos);
    CHECK(name_problem("\xE4.txt").find("UTF-8") != std::string::npos);
}

TEST_CASE("the files of a step in order, with their identities") {
    const TempDir dir;
    dir.write("b.txt", "123");
    dir.write("a.txt", "");
    RecordingLog log;
    const CancelToken cancel;
    const auto files = planned(options_for(dir, {request("b.txt"), request("*.txt", std::nullopt)}), log, cancel);
    REQUIRE_FALSE(files.ok()); // b.txt twice
    const auto good = planned(options_for(dir, {request("b.txt", "B"), request("a.txt")}), log, cancel);
    REQUIRE(good.ok());
    REQUIRE(good->files() == 2);
    CHECK(good->bytes() == 3);
    PlanList::Reader reader(*good);
    const PlannedFile first = *reader.next();
    const PlannedFile second = *reader.next();
    CHECK_FALSE(reader.more());
    CHECK(first.name == "B");
    CHECK(first.identity.size == 3);
    CHECK(second.path == (dir / "a.txt").string());
    CHECK(second.identity.size == 0);
    CHECK(second.position == 1);
}

TEST_CASE("all that is wrong is found in one go") {
    const TempDir dir;
    dir.write("x/a.txt", "1");
    dir.write("y/a.txt", "1");
    dir.write("ok", "1");
    std::filesystem::create_directory(dir / "folder");
    RecordingLog log;
    const CancelToken cancel;
    const auto files =
        planned(options_for(dir, {request("missing"), request("x/a.txt"), request("y/a.txt"), request("folder"),
                                  request("ok", "a/b"), request("ok"), request("ok"), request("*.none")}),
                log, cancel);
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().kind == ErrorKind::invalid);
    CHECK(files.error().message.starts_with("6 problems, and nothing was uploaded; the first: "));
    CHECK(files.error().message.find("missing: there is no such file") != std::string::npos);
    REQUIRE(log.count(LogLevel::error) == 6);
    CHECK(log.mentions("y/a.txt: would be called a.txt on the platform, and so would "));
    CHECK(log.mentions("is a folder"));
    CHECK(log.mentions("may not hold a slash"));
    CHECK(log.mentions("ok: is named twice"));
    CHECK(log.mentions("*.none: the pattern matches no file"));
}

TEST_CASE("a single problem is the message itself, with no further line") {
    const TempDir dir;
    RecordingLog log;
    const CancelToken cancel;
    const auto files = planned(options_for(dir, {request("missing")}), log, cancel);
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().message ==
          (dir / "missing").string() +
              ": there is no such file; correct the path, or start ferry in the folder that it begins in");
    CHECK(log.count(LogLevel::error) == 0);
}

TEST_CASE("a file of more than 5 TiB is refused") {
    const TempDir dir;
    const auto file = dir.write("huge", "");
    std::error_code full;
    std::filesystem::resize_file(file, part_limits::max_object_size + 1, full); // sparse
    if (full) {
        MESSAGE("this file system takes no sparse file of 5 TiB");
        return;
    }
    RecordingLog log;
    const CancelToken cancel;
    const auto files = planned(options_for(dir, {request("huge")}), log, cancel);
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().message.find("more than the 5 TiB") != std::string::npos);
}

TEST_CASE("the rows of a manifest are files, too, and one that `files` names is sent once") {
    const TempDir dir;
    for (const char* name : {"a", "b", "c", "sub/d"})
        dir.write(name, name);
    dir.write("sub/t.csv", "File name,k\n../a,row\n../c,row\nd,row\n");
    UploadOptions options = options_for(dir, {request("a", "A"), request("b")});
    options.manifest = "sub/t.csv";
    options.metadata.pairs = {{"k", "step"}, {"all", "step"}};
    options.files[0].metadata.pairs["own"] = "own";
    RecordingLog log;
    const CancelToken cancel;
    const auto files = planned(options, log, cancel);
    REQUIRE_MESSAGE(files.ok(), files.status().error().message);
    std::vector<std::string> told;
    for (PlanList::Reader reader(*files); reader.more();) {
        const PlannedFile file = *reader.next();
        CHECK(file.position == told.size());
        std::string line = file.path.substr(dir.path().string().size() + 1) + " " + file.name;
        for (const auto& [key, value] : file.metadata.pairs)
            line += " " + key + "=" + value;
        told.push_back(line);
    }
    CHECK(told == std::vector<std::string>{"a A all=step k=row own=own", "b b all=step k=step", "c c all=step k=row",
                                           "sub/d d all=step k=row"});
    CHECK(log.lines().empty());
}

TEST_CASE("what is wrong with a manifest is among the other problems") {
    const TempDir dir;
    dir.write("a", "1");
    dir.write("t.csv", "File name,k\na,1\nmissing,1\na,2\n");
    UploadOptions options = options_for(dir, {request("gone")});
    options.manifest = "t.csv";
    RecordingLog log;
    const CancelToken cancel;
    const auto files = planned(options, log, cancel);
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().message.starts_with("3 problems, and nothing was uploaded; the first: "));
    CHECK(log.mentions("t.csv, line 4: " + (dir / "a").string() + " is named in line 2, too; give it one row"));
    CHECK(log.mentions("gone: there is no such file"));
    CHECK(log.mentions("t.csv, line 3: " + (dir / "missing").string() + ": there is no such file"));
}

TEST_CASE("a pattern leaves out the file of receipts, there or not yet; named, it is a problem, there or not yet") {
    const TempDir dir;
    dir.write("g/a", "1");
    std::filesystem::create_directory_symlink("g", dir / "link");
    RecordingLog log;
    const CancelToken cancel;
    for (const bool there : {false, true}) {
        CAPTURE(there);
        if (there)
            dir.write("g/r.nd", "");
        for (const char* pattern : {"g/*", "link/*"}) {
            UploadOptions options = options_for(dir, {request(pattern)});
            options.receipts = "g/r.nd";
            const auto files = planned(options, log, cancel);
            REQUIRE_MESSAGE(files.ok(), files.status().error().message);
            CHECK(files->files() == 1);
        }
        CHECK(log.contains(LogLevel::info, "patterns leave out the file of receipts ") == there);
        UploadOptions named = options_for(dir, {request("g/a"), request("g/r.nd")});
        named.receipts = "g/r.nd";
        const auto wrong = planned(named, log, cancel);
        REQUIRE_FALSE(wrong.ok());
        CHECK(wrong.error().message.starts_with((dir / "g/r.nd").string() + ": is the file of receipts"));
        UploadOptions alone = options_for(dir, {request("g/*.nd")});
        alone.receipts = "g/r.nd";
        const auto none = planned(alone, log, cancel);
        REQUIRE_FALSE(none.ok());
        CHECK(none.error().message.starts_with("g/*.nd: the pattern matches no file"));
    }
    dir.write("t.csv", "File name,k\ng/r.nd,1\n");
    UploadOptions rows = options_for(dir, {});
    rows.manifest = "t.csv";
    rows.receipts = "g/r.nd";
    CHECK(planned(rows, log, cancel).status().error().message.find("g/r.nd: is the file of receipts") !=
          std::string::npos);
}

TEST_CASE("patterns leave out what Ferry keeps in its state directory, and nothing else that lies there") {
    const TempDir dir;
    for (const char* name : {"s/a", "s/st/runs/x/lease", "s/st/steps/ab/c.json", "s/st/uploads/j", "s/st/tidied",
                             "s/st/result/b", "s/st/c"})
        dir.write(name, name);
    std::filesystem::create_symlink("nowhere", dir / "s/st/runs/note"); // as Ferry's own words are
    std::filesystem::create_directory_symlink("s", dir / "link");
    RecordingLog log;
    const CancelToken cancel;
    for (const char* pattern : {"s/**", "link/**"}) {
        CAPTURE(std::string(pattern));
        UploadOptions options = options_for(dir, {request(pattern)});
        options.state_dir = (dir / "s/st").string();
        const auto files = planned(options, log, cancel);
        REQUIRE_MESSAGE(files.ok(), files.status().error().message);
        std::vector<std::string> names;
        for (PlanList::Reader reader(*files); reader.more();)
            names.push_back(reader.next()->name);
        CHECK(names == std::vector<std::string>{"a", "c", "b"});
    }
    CHECK(log.contains(LogLevel::info,
                       "patterns leave out Ferry's own files in the state directory " + (dir / "s/st").string()));
    CHECK(log.count(LogLevel::info) == 2); // one for each step
    UploadOptions named = options_for(dir, {request("s/st/runs/x/lease")});
    named.state_dir = (dir / "s/st").string();
    const auto wrong = planned(named, log, cancel);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message.find("lease: is one of Ferry's own files in the state directory") != std::string::npos);
}

TEST_CASE("more pairs than a file may have are a problem, but for those of a side file, which stay away") {
    const TempDir dir;
    dir.write("a", "1");
    UploadOptions options = options_for(dir, {request("a")});
    for (int i = 0; i < 999; ++i)
        options.metadata.pairs[std::to_string(i)] = "v";
    dir.write("a.meta", R"({"x":1,"y":2})");
    RecordingLog log;
    const CancelToken cancel;
    const auto good = planned(options, log, cancel);
    REQUIRE(good.ok());
    CHECK(good->at(0)->metadata.pairs.size() == 999);
    CHECK(log.contains(LogLevel::warn, "a.meta: with it the file would have 1001 pairs of metadata"));
    options.files[0].metadata.pairs = {{"x", "1"}, {"y", "2"}};
    const auto bad = planned(options, log, cancel);
    REQUIRE_FALSE(bad.ok());
    CHECK(bad.error().message.ends_with("a: 1001 pairs of metadata; the platform takes at most 1000 for a file"));
}

TEST_CASE("folders of files: the step's, the tree's, their own; names clash within a folder only") {
    const TempDir dir;
    for (const char* name : {"S1/a", "S2/a", "top"})
        dir.write(name, name);
    UploadOptions options = options_for(dir, {request("S1/a"), request("S2/a"), request("top")});
    options.folder = "up";
    options.files[2].folder = "other/x";
    RecordingLog log;
    const CancelToken cancel;
    REQUIRE_FALSE(planned(options, log, cancel).ok()); // two files up/a
    options.preserve_folders = true;
    const auto files = planned(options, log, cancel);
    REQUIRE_MESSAGE(files.ok(), files.status().error().message);
    std::vector<std::string> told;
    for (PlanList::Reader reader(*files); reader.more();)
        told.push_back(reader.next()->remote());
    CHECK(told == std::vector<std::string>{"up/S1/a", "up/S2/a", "other/x/top"});
    CHECK(log.lines().empty());
}

TEST_CASE("a file and a folder of one name, and what lies outside the tree, are found beforehand") {
    const TempDir dir;
    for (const char* name : {"S1/x/a", "b", "tree/__cache/c"})
        dir.write(name, name);
    UploadOptions options = options_for(dir, {request("S1/x/a"), request("b", "S1"), request("tree/__cache/c")});
    options.preserve_folders = true;
    RecordingLog log;
    const CancelToken cancel;
    const auto files = planned(options, log, cancel);
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().message.starts_with("2 problems"));
    CHECK(log.mentions("b: would be called S1 on the platform, and so would the folder of other files"));
    CHECK(log.mentions("a folder called __cache: the platform keeps names that begin with two underscores"));
    options.base_dir = "S1";
    options.files.pop_back();
    const auto outside = planned(options, log, cancel);
    REQUIRE_FALSE(outside.ok());
    CHECK(outside.error().message.find("b: lies outside the \"base_dir\" " + (dir / "S1").string()) !=
          std::string::npos);
}

TEST_CASE("nothing to upload is no problem, and warned about with what is empty") {
    const TempDir dir;
    dir.write("a", "1");
    dir.write("t.csv", "File name,k\n");
    RecordingLog log;
    const CancelToken cancel;
    REQUIRE(planned(options_for(dir, {}), log, cancel).ok());
    CHECK(log.contains(LogLevel::warn, "there is nothing to upload: \"files\" is an empty array"));
    UploadOptions rows = options_for(dir, {});
    rows.manifest = "t.csv";
    REQUIRE(planned(rows, log, cancel).ok());
    CHECK(log.contains(LogLevel::warn, "there is nothing to upload: the manifest " + (dir / "t.csv").string() +
                                           " has no row with a file"));
    rows.files = {request("a")};
    REQUIRE(planned(rows, log, cancel).ok());
    CHECK_FALSE(planned(options_for(dir, {request("*.none")}), log, cancel).ok());
    CHECK(log.count(LogLevel::warn) == 2);
}

TEST_CASE("a base_dir without preserve_folders is warned about") {
    const TempDir dir;
    dir.write("a", "1");
    UploadOptions options = options_for(dir, {request("a")});
    options.base_dir = "elsewhere";
    RecordingLog log;
    const CancelToken cancel;
    REQUIRE(planned(options, log, cancel).ok());
    CHECK(log.contains(LogLevel::warn, "changes nothing without it"));
}

} // namespace ferry::test
