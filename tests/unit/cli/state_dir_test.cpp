#include "cli/state_dir.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace ferry::test {
namespace {

std::string problem(const std::string& path, bool make = true) {
    const auto opened = open_state_dir(path, make);
    const auto* refused = std::get_if<StateDirProblem>(&opened);
    return refused ? refused->reason : "";
}

} // namespace

TEST_CASE("it is made private, and taken again") {
    const TempDir dir;
    const std::string path = (dir / "state").string();
    CHECK(problem(path).empty());
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777u) == 0700u);
    CHECK(std::get<std::string>(open_state_dir(path + "//", true)) == path);
}

TEST_CASE("a dry run makes none") {
    const TempDir dir;
    CHECK(problem((dir / "state").string(), false).empty());
    CHECK_FALSE(std::filesystem::exists(dir / "state"));
}

TEST_CASE("refused: links, files, rights for others, other owners, a missing parent") {
    const TempDir dir;
    std::filesystem::create_directory(dir / "real");
    ::chmod((dir / "real").c_str(), 0700);
    std::filesystem::create_directory_symlink("real", dir / "link");
    CHECK(problem((dir / "link").string()).find("is a link or no directory") != std::string::npos);
    CHECK(problem((dir / "link/").string()).find("is a link or no directory") != std::string::npos);
    CHECK(problem((dir / "link/.").string()).find("is a link or no directory") != std::string::npos);
    std::filesystem::create_symlink("nowhere", dir / "dangling");
    CHECK_FALSE(problem((dir / "dangling").string()).empty());
    dir.write("file", "");
    CHECK(problem((dir / "file").string()).find("is a link or no directory") != std::string::npos);
    for (const mode_t mode : {0750u, 0701u, 0777u, 0500u}) {
        ::chmod((dir / "real").c_str(), mode);
        CHECK(problem((dir / "real").string()).find("chmod 0700") != std::string::npos);
    }
    CHECK(problem((dir / "no/such").string()).find("cannot be made") != std::string::npos);
    if (::geteuid() == 0) { // only root can give a folder away
        ::chmod((dir / "real").c_str(), 0700);
        REQUIRE(::chown((dir / "real").c_str(), 12345, 12345) == 0);
        CHECK(problem((dir / "real").string()).find("belongs to another user (id 12345)") != std::string::npos);
    }
}

} // namespace ferry::test
