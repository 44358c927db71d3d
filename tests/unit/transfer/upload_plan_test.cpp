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
    const auto files = plan_files(options_for(dir, {request("b.txt"), request("*.txt", std::nullopt)}), log, cancel);
    REQUIRE_FALSE(files.ok()); // b.txt twice
    const auto good = plan_files(options_for(dir, {request("b.txt", "B"), request("a.txt")}), log, cancel);
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
        plan_files(options_for(dir, {request("missing"), request("x/a.txt"), request("y/a.txt"), request("folder"),
                                     request("ok", "a/b"), request("ok"), request("ok"), request("*.none")}),
                   log, cancel);
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().kind == ErrorKind::invalid);
    CHECK(files.error().message.starts_with("6 problems with the files to upload, the first: "));
    CHECK(files.error().message.ends_with("missing: there is no such file"));
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
    const auto files = plan_files(options_for(dir, {request("missing")}), log, cancel);
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().message == (dir / "missing").string() + ": there is no such file");
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
    const auto files = plan_files(options_for(dir, {request("huge")}), log, cancel);
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().message.find("more than the 5 TiB") != std::string::npos);
}

} // namespace ferry::test
