#include "selection/local_tree.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace ferry::test {

TEST_CASE("a file's folder is told relative to the base") {
    LocalTree tree("/data/run");
    CHECK(tree.folder_of("/data/run/a.bam").value() == "");
    CHECK(tree.folder_of("/data/run/S1/a.bam").value() == "S1");
    CHECK(tree.folder_of("/data/run/S1/x/y/a.bam").value() == "S1/x/y");
    LocalTree root("/");
    CHECK(root.folder_of("/a.bam").value() == "");
    CHECK(root.folder_of("/data/a.bam").value() == "data");
}

TEST_CASE("what lies outside the base is an error that says what to do") {
    LocalTree tree("/data/run");
    for (const char* path : {"/data/a.bam", "/data/run2/a.bam", "/other/run/a.bam"}) {
        CAPTURE(path);
        const auto folder = tree.folder_of(path);
        REQUIRE_FALSE(folder.ok());
        CHECK(folder.error().message.find("lies outside the \"base_dir\" /data/run") != std::string::npos);
    }
    CHECK(tree.folder_of("/data/run/S1/a.bam").value() == "S1"); // an error is of its file alone
}

TEST_CASE("links and .. are followed only where the texts do not tell") {
    const TempDir dir;
    std::filesystem::create_directories(dir / "real/S1");
    std::filesystem::create_directories(dir / "other");
    dir.write("real/S1/a", "1");
    std::filesystem::create_symlink(dir / "real", dir / "link");
    std::filesystem::create_symlink(dir / "real/S1", dir / "real/again");
    const std::string root = dir.path().string();
    LocalTree by_link(root + "/link");
    CHECK(by_link.folder_of(root + "/link/S1/a").value() == "S1");
    CHECK(by_link.folder_of(root + "/real/S1/a").value() == "S1"); // the same place under its other name
    LocalTree tree(root + "/real");
    CHECK(tree.folder_of(root + "/real/again/a").value() == "again"); // as it is written
    CHECK(tree.folder_of(root + "/other/../real/S1/a").value() == "S1");
    CHECK_FALSE(tree.folder_of(root + "/real/../other/a").ok());
}

TEST_CASE("paths are made absolute without losing what their components mean") {
    CHECK(absolute_path("/w", "a//b/./c") == "/w/a/b/c");
    CHECK(absolute_path("/w", "/a/../b") == "/a/../b");
    CHECK(absolute_path("/w", "a/") == "/w/a/");
    CHECK(absolute_path("/w", "./.") == "/w");
    CHECK(absolute_path("/", "") == "/");
}

} // namespace ferry::test
