#include "plugins/discovery.hpp"

#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace ferry::test {
namespace {

namespace fs = std::filesystem;

std::string folder(const TempDir& dir, const std::string& name) {
    fs::create_directory(dir / name);
    ::chmod((dir / name).c_str(), 0755);
    return (dir / name).string();
}

void put_library(const std::string& path) {
    fs::copy_file(TEST_PLUGIN, path);
    ::chmod(path.c_str(), 0755);
}

void put_text(const std::string& path) {
    std::ofstream(path) << "no library";
    ::chmod(path.c_str(), 0644);
}

} // namespace

TEST_CASE("a file name found earlier hides later ones, also when it is broken") {
    const TempDir dir;
    const std::string first = folder(dir, "first");
    const std::string second = folder(dir, "second");
    const std::string third = folder(dir, "third");
    put_text(first + "/good.so");
    put_library(second + "/good.so");
    TaskRegistry registry;
    load_plugins({{first}, second, {}}, registry);
    CHECK_FALSE(registry.find("good"));
    REQUIRE(registry.failures().size() == 1);
    CHECK(registry.failures()[0].file == first + "/good.so");

    put_library(third + "/other.so");
    TaskRegistry again;
    load_plugins({{first}, second, third}, again);
    CHECK(again.find("good"));
}

TEST_CASE("a hidden file is not even looked at") {
    const TempDir dir;
    const std::string first = folder(dir, "first");
    const std::string second = folder(dir, "second");
    put_library(first + "/good.so");
    put_text(second + "/good.so");
    put_text(second + "/notes.txt");
    TaskRegistry registry;
    load_plugins({{}, first + ":" + second, {}}, registry);
    CHECK(registry.find("good"));
    CHECK(registry.failures().empty());
}

TEST_CASE("empty and relative entries of the variable are refused, the others used") {
    const TempDir dir;
    const std::string good = folder(dir, "good");
    put_library(good + "/good.so");
    TaskRegistry registry;
    load_plugins({{}, "plugins:" + good + "::/nonexistent/ferry", {}}, registry);
    CHECK(registry.find("good"));
    REQUIRE(registry.failures().size() == 3);
    CHECK(registry.failures()[0].reason ==
          "entry 1 ('plugins') is relative; only absolute folders are searched for plugins");
    CHECK(registry.failures()[1].reason == "entry 3 is empty; only absolute folders are searched for plugins");
    CHECK(registry.failures()[2].file == "/nonexistent/ferry");
}

TEST_CASE("an empty variable is none, and a missing default folder is fine") {
    TaskRegistry registry;
    load_plugins({{}, "", "/nonexistent/ferry"}, registry);
    CHECK(registry.failures().empty());
    CHECK(registry.list().empty());
}

TEST_CASE("nothing is loaded from a folder that others may write") {
    const TempDir dir;
    const std::string open = folder(dir, "open");
    put_library(open + "/good.so");
    ::chmod(open.c_str(), 0777);
    TaskRegistry registry;
    load_plugins({{open}, {}, {}}, registry);
    CHECK_FALSE(registry.find("good"));
    REQUIRE(registry.failures().size() == 1);
    CHECK(registry.failures()[0].file == open);
}

TEST_CASE("the default folder lies beside the program") {
    CHECK(default_plugin_folder().ends_with("/lib/ferry/plugins"));
}

} // namespace ferry::test
