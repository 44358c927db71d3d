#include "batch/row_results.hpp"
#include "temp_dir.hpp"
#include "unique_fd.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace ferry;
using test::read_file;
using test::TempDir;

namespace {

// Standard output, elsewhere for as long as it lives.
struct Output {
    explicit Output(int to) : before(::dup(1)) { ::dup2(to, 1); }
    ~Output() { ::dup2(before.get(), 1); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    UniqueFd before;
};

const StopFlag no_stop;
Console console;

std::unique_ptr<RowResults> opened(const std::filesystem::path& file, bool go_on) {
    auto made = RowResults::open(file, go_on, console);
    REQUIRE_MESSAGE(std::holds_alternative<std::unique_ptr<RowResults>>(made), std::get<std::string>(made));
    return std::move(std::get<std::unique_ptr<RowResults>>(made));
}

struct Files {
    TempDir dir;
    UniqueFd sink{::open((dir / "stdout").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600)};
};

} // namespace

TEST_CASE("lines to both, and the file is there at the end") {
    const Files files;
    const auto file = files.dir / "out.ndjson";
    const auto results = opened(file, false);
    {
        const Output output(files.sink.get());
        CHECK_FALSE(results->add("{\"row\":1}", no_stop));
        CHECK_FALSE(results->add("{\"row\":2}", no_stop));
    }
    CHECK_FALSE(std::filesystem::exists(file));
    CHECK_FALSE(results->finish());
    CHECK(read_file(file) == "{\"row\":1}\n{\"row\":2}\n");
    CHECK(read_file(files.dir / "stdout") == read_file(file));
    CHECK_FALSE(std::filesystem::exists(files.dir / "out.ndjson.partial"));
}

TEST_CASE("what is gone on with is kept, from a whole file or from what a crash left") {
    const Files files;
    const Output output(files.sink.get());
    const auto file = files.dir.write("o", "{\"row\":1}\n");
    {
        const auto results = opened(file, true);
        CHECK_FALSE(results->add("{\"row\":2}", no_stop));
    } // as killed
    CHECK(read_file(file) == "{\"row\":1}\n");
    files.dir.write("o.partial", read_file(files.dir / "o.partial") + "{\"row\":3");
    const auto results = opened(file, true);
    CHECK_FALSE(results->add("{\"row\":4}", no_stop));
    CHECK_FALSE(results->finish());
    CHECK(read_file(file) == "{\"row\":1}\n{\"row\":2}\n{\"row\":4}\n");
    const auto fresh = opened(file, false);
    CHECK_FALSE(fresh->finish());
    CHECK(read_file(file).empty());
}

TEST_CASE("a reader that takes no more is no reason for the file to end, but each later line says so") {
    const Files files;
    const UniqueFd full(::open("/dev/full", O_WRONLY));
    const Output output(full.get());
    const auto results = opened(files.dir / "o", false);
    for (const char* line : {"{\"row\":1}", "{\"row\":2}"}) {
        const auto problem = results->add(line, no_stop);
        REQUIRE(problem);
        CHECK(*problem == "the result cannot be written to standard output: No space left on device");
    }
    CHECK_FALSE(results->finish());
    CHECK(read_file(files.dir / "o") == "{\"row\":1}\n{\"row\":2}\n");
}

TEST_CASE("after a stop, a reader that does not read is not waited for") {
    const Files files;
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const UniqueFd unread(ends[0]);
    const UniqueFd in(ends[1]);
    const Output output(in.get());
    StopFlag stop;
    stop.request(15);
    const auto results = opened({}, false);
    CHECK_FALSE(results->add("there is room for this", stop));
    const auto problem = results->add(std::string(1u << 20, 'x'), stop);
    REQUIRE(problem);
    CHECK(problem->find("its reader had not taken it") != std::string::npos);
    CHECK(results->add("and so is this", stop));
}

TEST_CASE("a standard output that does not block is waited for") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    UniqueFd out(ends[0]);
    const UniqueFd in(ends[1]);
    const Output output(in.get());
    const auto results = opened({}, false);
    std::size_t taken = 0;
    std::atomic<bool> ended{false};
    std::thread reader([&] {
        std::array<char, 5000> buffer{};
        while (taken < (1u << 20) && !ended) {
            const ssize_t count = ::read(out.get(), buffer.data(), buffer.size());
            taken += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
    });
    const auto problem = results->add(std::string((1u << 20) - 1, 'x'), no_stop);
    ended = true;
    reader.join();
    CHECK_FALSE(problem);
}

TEST_CASE("what cannot be copied whole is not begun with") {
    const Files files;
    const auto file = files.dir.write("o", std::string(100'000, 'x') + "\n");
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{50'000, before.rlim_max}; // as if the disk were full
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto refused = RowResults::open(file, true, console);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    ::signal(SIGXFSZ, handler);
    REQUIRE(std::holds_alternative<std::string>(refused));
    CHECK(std::get<std::string>(refused).find("File too large") != std::string::npos);
    for (const char* name : {"o.partial", "o.partial.new"})
        CHECK_FALSE(std::filesystem::exists(files.dir / name));
    files.dir.write("o.partial.new", "a copy that was cut off");
    CHECK_FALSE(opened(file, true)->finish());
    CHECK(read_file(file).size() == 100'001);
    CHECK_FALSE(std::filesystem::exists(files.dir / "o.partial.new"));
}

TEST_CASE("a batch from the start keeps what an unfinished one has left") {
    const Files files;
    files.dir.write("o.partial", "{\"row\":1}\n");
    const auto results = opened(files.dir / "o", false);
    CHECK(results->set_aside() == (files.dir / "o.partial.old").string());
    CHECK(read_file(results->set_aside()) == "{\"row\":1}\n");
    CHECK_FALSE(results->finish());
    CHECK(read_file(files.dir / "o").empty());
    CHECK(opened(files.dir / "o", false)->set_aside().empty());
}

TEST_CASE("nothing but a regular file is written over") {
    const Files files;
    std::filesystem::create_directory(files.dir / "d");
    files.dir.write("real", "x");
    std::filesystem::create_symlink("real", files.dir / "link");
    std::filesystem::create_symlink("real", files.dir / "o.partial");
    for (const char* name : {"d", "link", "o", "no/such"})
        CHECK(std::holds_alternative<std::string>(RowResults::open(files.dir / name, false, console)));
    CHECK(read_file(files.dir / "real") == "x");
}
