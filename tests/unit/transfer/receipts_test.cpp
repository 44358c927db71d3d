#include "transfer/receipts.hpp"

#include "job_fixture.hpp"
#include "transfer/result_json.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sys/resource.h>
#include <sys/stat.h>

namespace ferry::test {
namespace {

FileResult result(const std::string& path, bool before = false) {
    FileResult made;
    made.path = path;
    made.name = path.substr(path.rfind('/') + 1);
    made.id = "id-of-" + made.name;
    made.size = 7;
    made.before = before;
    return made;
}

std::string line(const std::string& path) {
    return to_json(result(path)) + "\n";
}

struct Fixture {
    TempDir dir;
    const std::string path = dir.path().string() + "/receipts.ndjson";

    // The file after these have been added in a run of their own.
    std::string after(const std::vector<FileResult>& results) {
        auto receipts = Receipts::open(path);
        REQUIRE_MESSAGE(receipts.ok(), receipts.error().message);
        for (const FileResult& one : results)
            receipts->add(one);
        CHECK(receipts->finish().ok());
        return read_file(dir / "receipts.ndjson");
    }
    std::string refusal() {
        const Status checked = Receipts::check(path);
        REQUIRE_FALSE(checked.ok());
        const auto opened = Receipts::open(path);
        REQUIRE_FALSE(opened.ok());
        CHECK(opened.error().kind == ErrorKind::invalid);
        CHECK(opened.error().message == checked.error().message);
        return opened.error().message;
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture, "receipts: a line a file, added to those that are there") {
    CHECK(Receipts::check(path).ok());
    CHECK(after({result("/d/a"), result("/d/b")}) == line("/d/a") + line("/d/b"));
    CHECK(Receipts::check(path).ok());
    CHECK(after({result("/d/c")}) == line("/d/a") + line("/d/b") + line("/d/c"));
}

TEST_CASE_FIXTURE(Fixture, "receipts: what an earlier run has told is not told again, what it has not is") {
    after({result("/d/a"), result("/d/b")});
    FileResult other_id = result("/d/a", true);
    other_id.id = "id-of-another-upload";
    CHECK(after({result("/d/a", true), result("/d/c", true), result("/d/b", true), other_id}) ==
          line("/d/a") + line("/d/b") + line("/d/c") + to_json(other_id) + "\n");
    CHECK_MESSAGE(after({result("/d/a")}).ends_with(line("/d/a")), "it was uploaded once more");
}

TEST_CASE_FIXTURE(Fixture, "receipts: a line that was cut off stays by itself, and its file gets another") {
    const std::string torn = line("/d/a").substr(0, 40);
    dir.write("receipts.ndjson", line("/d/b") + torn);
    CHECK(after({result("/d/b", true), result("/d/a", true)}) == line("/d/b") + torn + "\n" + line("/d/a"));
}

TEST_CASE_FIXTURE(Fixture, "receipts: lines that are none are passed over") {
    const std::string odd =
        "{\"path\":1,\"id\":\"x\"}\n[]\n\n{\"path\":\"/d/a\"}\nnull\n{\"path\":\"/d/a\",\"id\":\"\xFF\"}\n";
    dir.write("receipts.ndjson", line("/d/b") + odd);
    CHECK(after({result("/d/a", true)}) == line("/d/b") + odd + line("/d/a"));
}

TEST_CASE_FIXTURE(Fixture, "receipts: no other file is added to") {
    dir.write("receipts.ndjson", "BAM\1 and the rest");
    CHECK(refusal() == "receipts cannot be written to " + path +
                           ": it is there, and holds something else than receipts; name another file");
    CHECK(read_file(dir / "receipts.ndjson") == "BAM\1 and the rest");
    dir.write("receipts.ndjson", "{\"paths\":[]}\n");
    CHECK(refusal().find("something else") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "receipts: only a regular file in a folder that is there") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(refusal().find("no regular file") != std::string::npos);
    const Status missing = Receipts::check(dir.path().string() + "/none/receipts.ndjson");
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().message.find("No such file or directory") != std::string::npos);
    CHECK_FALSE(Receipts::open(dir.path().string() + "/none/receipts.ndjson").ok());
    CHECK_FALSE(Receipts::check(dir.path().string()).ok());
}

TEST_CASE("receipts: a full disk is told with the number of files, and costs no upload") {
    auto full = Receipts::open("/dev/full");
    CHECK_MESSAGE(!full.ok(), "no regular file");

    JobFixture f;
    f.add("a", 25);
    f.add("b", 5);
    f.options.receipts = "receipts.ndjson";
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    struct sigaction ignore {
    }, old{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &ignore, &old);
    const rlimit none{100, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    const UploadSummary summary = f.run();
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::sigaction(SIGXFSZ, &old, nullptr);
    CHECK(f.listener.files.size() == 2);
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::io);
    CHECK(summary.status.error().message == "2 files have no line in the receipts " + f.options.work_dir +
                                                "/receipts.ndjson: File too large; run the same again to have them "
                                                "written, no byte is sent again for it");
}

TEST_CASE("receipts of a job: every file that is done, each once over all its runs") {
    JobFixture f;
    f.keep_state();
    f.add("a", 25);
    f.add("b", 5);
    f.options.receipts = "receipts.ndjson";
    CHECK(f.run().status.ok());
    const std::string first = read_file(f.dir / "receipts.ndjson");
    CHECK(std::count(first.begin(), first.end(), '\n') == 2);
    for (const FileResult& file : f.listener.files)
        CHECK(first.find(to_json(file) + "\n") != std::string::npos);

    CHECK(f.run_again().status.ok());
    CHECK_MESSAGE(read_file(f.dir / "receipts.ndjson") == first, "both are done before, and have their lines");
    std::filesystem::remove(f.dir / "receipts.ndjson");
    CHECK(f.run_again().status.ok());
    const std::string again = read_file(f.dir / "receipts.ndjson");
    CHECK(std::count(again.begin(), again.end(), '\n') == 2);
}

TEST_CASE("receipts are not among the files that they are written of") {
    JobFixture f;
    f.add("a", 25);
    f.options.files = {{.path = "*", .name = std::nullopt}};
    f.options.receipts = "./receipts.ndjson";
    const UploadSummary left_out = f.run();
    REQUIRE_MESSAGE(left_out.status.ok(), left_out.status.error().message);
    CHECK(left_out.files == 1);
    f.options.files = {{.path = "receipts.ndjson", .name = std::nullopt}};
    const UploadSummary summary = f.run_again();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::invalid);
    CHECK(summary.status.error().message.find("is the file of receipts") != std::string::npos);
}

TEST_CASE("a dry run makes no receipts, and says where none can be made") {
    JobFixture f;
    f.add("a", 25);
    f.options.dry_run = true;
    f.options.receipts = "receipts.ndjson";
    CHECK(f.run().status.ok());
    CHECK_FALSE(std::filesystem::exists(f.dir.path() / "receipts.ndjson"));
    f.options.receipts = "none/receipts.ndjson";
    CHECK(f.run().status.error().message.find("none/receipts.ndjson") != std::string::npos);
}

} // namespace ferry::test
