// `ferry batch` where a reader, a disk or a file fails it.
#include "batch_program.hpp"

#include "unique_fd.hpp"

#include <sys/ioctl.h>
#include <sys/resource.h>

#include <array>
#include <csignal>

namespace ferry::test {

namespace {

// Standard output of the next program.
struct Pipe {
    explicit Pipe(BatchProgram& ferry, int flags = 0) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC | flags) == 0);
        out = UniqueFd(ends[0]);
        in = UniqueFd(ends[1]);
        ferry.in_child = [to = in.get()] { ::dup2(to, 1); };
    }
    std::string fill() const { // leaves no room
        const int flags = ::fcntl(in.get(), F_GETFL);
        ::fcntl(in.get(), F_SETFL, flags | O_NONBLOCK);
        std::string filled;
        while (::write(in.get(), "x", 1) == 1)
            filled += 'x';
        ::fcntl(in.get(), F_SETFL, flags);
        return filled;
    }
    int waiting() const {
        int bytes = 0;
        ::ioctl(out.get(), FIONREAD, &bytes);
        return bytes;
    }
    std::string read_to_end() {
        in = UniqueFd();
        ::fcntl(out.get(), F_SETFL, 0);
        std::string text;
        std::array<char, 4096> buffer{};
        for (ssize_t count = 1; count > 0;) {
            count = ::read(out.get(), buffer.data(), buffer.size());
            text.append(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
        }
        return text;
    }
    UniqueFd out;
    UniqueFd in;
};

} // namespace

TEST_CASE("a signal ends a batch whose reader does not read, and the row is delivered by --resume") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran; touch done-$S");
    ferry.dir.write("rows.csv", "sample\na\nb\n");
    Pipe pipe(ferry);
    pipe.fill();
    ferry.start({"batch", "w.json", "--manifest", "rows.csv", "--joblog", "j"});
    ferry.await("done-a");
    ::kill(ferry.pid, SIGTERM);
    CHECK(ferry.wait() == 128 + SIGTERM);
    CHECK(ferry.tells("[row 1] its document could not be handed over"));
    CHECK(ferry.rows_of_joblog("j").empty());
    ferry.in_child = {};
    CHECK(ferry.batch({"--joblog", "j", "--resume"}) == 0);
    CHECK(ferry.documents(ferry.out()).size() == 2);
}

TEST_CASE("a standard output that does not block loses nothing") {
    BatchProgram ferry;
    ferry.step("true", R"({"sample":null,"pad":")" + std::string(20'000, 'p') + "\"}");
    ferry.dir.write("rows.csv", "sample\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    Pipe pipe(ferry, O_NONBLOCK);
    ferry.start({"batch", "w.json", "--manifest", "rows.csv"});
    while (pipe.waiting() < 50'000)
        std::this_thread::yield();
    const std::string text = pipe.read_to_end();
    CHECK(ferry.wait() == 0);
    CHECK(ferry.documents(text).size() == 9);
}

TEST_CASE("a reader that goes away: the rows that it has not got are named, and are not done") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran");
    ferry.dir.write("rows.csv", "sample\na\nb\n");
    Pipe pipe(ferry);
    pipe.out = UniqueFd();
    CHECK(ferry.batch({"--joblog", "j"}) == 1);
    CHECK(ferry.tells("nobody reads it any more: Broken pipe"));
    CHECK(ferry.tells("[row 1] its document could not be handed over"));
    CHECK(ferry.tells("not handed over        1\n"));
    CHECK(ferry.rows_of_joblog("j").empty());
    CHECK(read_file(ferry.dir / "ran") == "a\n");
}

TEST_CASE("--outputs that take no more end the batch, and --resume completes them") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran", R"({"sample":null,"pad":")" + std::string(300, 'p') + "\"}");
    ferry.dir.write("rows.csv", "sample\n1\n2\n3\n4\n5\n");
    ferry.in_child = [] {
        const rlimit limit{1300, 1300}; // bytes of any file, as if the disk were full
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::dup2(::open("/dev/null", O_WRONLY), 1);
    };
    const std::vector<std::string> words{"--joblog", "j", "--outputs", "o", "--log-level", "error"};
    CHECK(ferry.batch(words) == 1);
    CHECK(ferry.tells("the outputs cannot be written to 'o.partial': File too large"));
    CHECK(ferry.tells("its document could not be handed over"));
    const std::string ran = read_file(ferry.dir / "ran");
    CHECK(ran == "1\n2\n3\n");
    CHECK(ferry.rows_of_joblog("j") == "1 2"); // the third is not done
    CHECK_FALSE(std::filesystem::exists(ferry.dir / "o"));
    ferry.in_child = {};
    CHECK(ferry.batch({"--joblog", "j", "--outputs", "o", "--resume"}) == 0);
    CHECK(ferry.documents(read_file(ferry.dir / "o")).size() == 5);
    ferry.dir.write("o.partial", "{}\n");
    CHECK(ferry.batch({"--joblog", "j", "--outputs", "o"}) == 0);
    CHECK(ferry.tells("what there was is kept as 'o.partial.old'"));
    CHECK(read_file(ferry.dir / "o.partial.old") == "{}\n");
}

TEST_CASE("a joblog of another workflow is not believed") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran");
    ferry.dir.write("rows.csv", "sample\na\n");
    CHECK(ferry.batch({"--joblog", "j"}) == 0);
    ferry.dir.write("other.json", read_file(ferry.dir / "w.json"));
    CHECK(ferry.run({"batch", "other.json", "--manifest", "rows.csv", "--joblog", "j", "--resume"}) == 2);
    CHECK(ferry.tells("the joblog 'j' is of another workflow, 'w.json'; give another file with --joblog"));
    std::filesystem::create_directory(ferry.dir / "d");
    CHECK(ferry.run({"batch", "d/../w.json", "--manifest", "rows.csv", "--joblog", "j", "--resume"}) == 0);
    CHECK(read_file(ferry.dir / "ran") == "a\n");
}

TEST_CASE("shards whose table was sorted anew do no row twice, and each has its outputs") {
    BatchProgram ferry;
    ferry.step("echo \"$S\" >> ran");
    ferry.dir.write("rows.csv", "sample\n1\n2\n3\n4\n");
    for (const char* shard : {"1/2", "2/2"}) {
        CHECK(ferry.batch({"--shard", shard, "--joblog", "j", "--outputs", "o.ndjson"}) == 0);
        CHECK(ferry.tells("; outputs o." + std::string(1, *shard) + "-of-2.ndjson\n"));
    }
    CHECK(ferry.documents(read_file(ferry.dir / "o.1-of-2.ndjson")).size() == 2);
    CHECK(ferry.documents(read_file(ferry.dir / "o.2-of-2.ndjson")).size() == 2);
    CHECK_FALSE(std::filesystem::exists(ferry.dir / "o.ndjson"));
    ferry.dir.write("rows.csv", "sample\nnew\n1\n2\n3\n4\n4\n");
    // As a shard that is writing just now leaves it.
    const std::string whole = read_file(ferry.dir / "j.1-of-2");
    ferry.dir.write("j.1-of-2", whole + "9\tnode");
    CHECK(ferry.batch({"--shard", "2/2", "--joblog", "j", "--resume", "--dry-run"}) == 0);
    CHECK(ferry.out().find("6 rows, 3 in this shard: 1 to run (1 step), 2 done before\n") != std::string::npos);
    for (const char* shard : {"2/2", "1/2", "2/2", "1/2"})
        CHECK(ferry.batch({"--shard", shard, "--joblog", "j", "--resume"}) == 0);
    CHECK(read_file(ferry.dir / "ran") == "1\n3\n2\n4\n4\nnew\n");
}

TEST_CASE("a dry run shows 20 rows that are to run, and ends as the batch would") {
    BatchProgram ferry;
    ferry.step("test \"$S\" != 3");
    std::string rows = "sample\n";
    for (int row = 1; row <= 25; ++row)
        rows += std::to_string(row) + "\n";
    ferry.dir.write("rows.csv", rows);
    CHECK(ferry.batch({"--joblog", "j"}) == 5);
    for (int row = 26; row <= 50; ++row)
        rows += std::to_string(row) + "\n";
    ferry.dir.write("rows.csv", rows);
    CHECK(ferry.batch({"--joblog", "j", "--resume", "--dry-run"}) == 5);
    CHECK(ferry.out().find("row 3: failed before\n") != std::string::npos);
    CHECK(ferry.out().find("row 20: done before\n") != std::string::npos);
    CHECK(ferry.out().find("row 45: ferry run w.json --var sample=45\n") != std::string::npos);
    CHECK(ferry.out().find("row 46:") == std::string::npos);
    CHECK(ferry.out().find("and 10 rows more\n") != std::string::npos);
    CHECK(ferry.batch({"--joblog", "j", "--resume-failed", "--dry-run"}) == 0);
}

TEST_CASE("what is kept of an earlier batch is written over by nothing") {
    BatchProgram ferry;
    ferry.step("true");
    ferry.dir.write("rows.csv", "sample\na\n");
    CHECK(ferry.batch({"--joblog", "x", "--outputs", "x.old"}) == 2);
    CHECK(ferry.tells("--outputs 'x.old' is the earlier file of --joblog too"));
    CHECK(ferry.batch({"--events", "o.partial.old", "--outputs", "o"}) == 2);
}

TEST_CASE("what commands print is kept by the thousand rows; documents steer no terminal") {
    BatchProgram ferry;
    ferry.step("echo printed");
    ferry.dir.write("rows.csv", "sample\n\xC2\x9B"
                                "31m\x7F\xE2\x80\xAE\n");
    CHECK(ferry.batch() == 0);
    CHECK(ferry.out().find("\\u009B31m\\u007F\\u202E") != std::string::npos);
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(ferry.dir / ".ferry/runs"))
        found += entry.path().string().ends_with("/0/row-1.s.1.out") ? 1 : 0;
    CHECK(found == 1);
}

TEST_CASE("a joblog that is removed while the batch runs is told") {
    BatchProgram ferry;
    ferry.step("rm -f j");
    ferry.dir.write("rows.csv", "sample\na\n");
    CHECK(ferry.batch({"--joblog", "j"}) == 1);
    CHECK(ferry.tells("the joblog 'j' was removed or replaced while the batch was running"));
}

} // namespace ferry::test
