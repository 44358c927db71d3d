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

TEST_CASE("a joblog that is removed while the batch runs is told") {
    BatchProgram ferry;
    ferry.step("rm -f j");
    ferry.dir.write("rows.csv", "sample\na\n");
    CHECK(ferry.batch({"--joblog", "j"}) == 1);
    CHECK(ferry.tells("the joblog 'j' was removed or replaced while the batch was running"));
}

} // namespace ferry::test
