#include "resume/journal_writer.hpp"

#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace ferry::test {
namespace {

Descriptor open_file(const std::filesystem::path& path) {
    return Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
}

} // namespace

TEST_CASE("lines of many threads are all there when their appends return, none torn") {
    TempDir dir;
    JournalWriter writer(open_file(dir / "j"));
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread)
        threads.emplace_back([&writer, &dir, thread] {
            for (int i = 0; i < 50; ++i) {
                const std::string line = std::to_string(thread) + ":" + std::to_string(i) + "\n";
                REQUIRE(writer.append(line).ok());
                REQUIRE(("\n" + read_file(dir / "j")).find("\n" + line) != std::string::npos);
            }
        });
    threads.clear();
    const std::string text = read_file(dir / "j");
    CHECK(std::count(text.begin(), text.end(), '\n') == 400);
}

TEST_CASE("what a full disk did not take is written with what comes after it") {
    TempDir dir;
    Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    REQUIRE(full);
    const int fd = full.get();
    JournalWriter writer(std::move(full));
    const Status first = writer.append("one\n");
    REQUIRE_FALSE(first.ok());
    CHECK(first.error().message.find("No space left") != std::string::npos);
    CHECK_FALSE(writer.append("two\n").ok());
    const Descriptor good = open_file(dir / "j");
    REQUIRE(::dup2(good.get(), fd) == fd);
    CHECK(writer.append("three\n").ok());
    // A line that may have been torn is ended before it is written again.
    CHECK(read_file(dir / "j") == "\none\ntwo\nthree\n");
}

} // namespace ferry::test
