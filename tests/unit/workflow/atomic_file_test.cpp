#include "temp_dir.hpp"
#include "workflow/atomic_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sys/stat.h>

using namespace ferry;
namespace fs = std::filesystem;

namespace {

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

TEST_CASE("a file is made, then replaced, keeping its mode") {
    const test::TempDir dir;
    const std::string path = dir / "out.json";
    CHECK_FALSE(write_atomically(path, "one"));
    CHECK(test::read_file(path) == "one");
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    CHECK_FALSE(write_atomically(path, "two"));
    CHECK(test::read_file(path) == "two");
    CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(files_in(dir.path()) == 1);
}

TEST_CASE("nothing but a regular file is ever replaced") {
    const test::TempDir dir;
    const std::string target = dir.write("target", "mine");
    fs::create_symlink(target, dir / "link");
    fs::create_symlink(dir / "nowhere", dir / "dangling");
    fs::create_directory(dir / "folder");
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    for (const char* name : {"link", "dangling", "folder", "pipe"}) {
        CAPTURE(name);
        const auto error = write_atomically(dir / name, "x");
        REQUIRE(error);
        CHECK(error->find(name) != std::string::npos);
    }
    CHECK(fs::is_symlink(dir / "link"));
    CHECK(test::read_file(target) == "mine");
    CHECK(write_atomically("/dev/null", "x"));
    CHECK(files_in(dir.path()) == 5);
}

TEST_CASE("what cannot be written is told, with nothing left behind") {
    const test::TempDir dir;
    CHECK(write_atomically(dir / "missing/out.json", "x"));
    CHECK(write_atomically("", "x"));
    CHECK(write_atomically((dir / "file").string() + "/", "x"));
    CHECK(write_atomically(dir / std::string(300, 'n'), "x"));
    const auto error = write_atomically(dir / "missing/\x1b[2J", "x");
    REQUIRE(error);
    CHECK(error->find('\x1b') == std::string::npos);
    CHECK(files_in(dir.path()) == 0);
}
