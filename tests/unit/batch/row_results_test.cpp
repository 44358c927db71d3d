#include "batch/row_results.hpp"
#include "temp_dir.hpp"
#include "unique_fd.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include <fcntl.h>
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

std::unique_ptr<RowResults> opened(const std::filesystem::path& file, bool go_on) {
    auto made = RowResults::open(file, go_on);
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
        CHECK_FALSE(results->add("{\"row\":1}"));
        CHECK_FALSE(results->add("{\"row\":2}"));
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
        CHECK_FALSE(results->add("{\"row\":2}"));
    } // as killed
    CHECK(read_file(file) == "{\"row\":1}\n");
    files.dir.write("o.partial", read_file(files.dir / "o.partial") + "{\"row\":3");
    const auto results = opened(file, true);
    CHECK_FALSE(results->add("{\"row\":4}"));
    CHECK_FALSE(results->finish());
    CHECK(read_file(file) == "{\"row\":1}\n{\"row\":2}\n{\"row\":4}\n");
    const auto fresh = opened(file, false);
    CHECK_FALSE(fresh->finish());
    CHECK(read_file(file).empty());
}

TEST_CASE("a reader that went away is told once; the file goes on") {
    const Files files;
    const UniqueFd full(::open("/dev/full", O_WRONLY));
    const Output output(full.get());
    const auto results = opened(files.dir / "o", false);
    const auto problem = results->add("{\"row\":1}");
    REQUIRE(problem);
    CHECK(problem->find("standard output") != std::string::npos);
    CHECK(results->reader_gone());
    CHECK_FALSE(results->add("{\"row\":2}"));
    CHECK_FALSE(results->finish());
    CHECK(read_file(files.dir / "o") == "{\"row\":1}\n{\"row\":2}\n");
}

TEST_CASE("nothing but a regular file is written over") {
    const Files files;
    std::filesystem::create_directory(files.dir / "d");
    files.dir.write("real", "x");
    std::filesystem::create_symlink("real", files.dir / "link");
    std::filesystem::create_symlink("real", files.dir / "o.partial");
    for (const char* name : {"d", "link", "o", "no/such"})
        CHECK(std::holds_alternative<std::string>(RowResults::open(files.dir / name, false)));
    CHECK(read_file(files.dir / "real") == "x");
}
