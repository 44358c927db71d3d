#include "secret_text.hpp"
#include "tasks/command_files.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

namespace ferry::test {
namespace {

std::vector<std::string> matches(const TempDir& dir, const std::string& pattern) {
    const auto found = existing_paths(dir.path().string(), pattern);
    if (std::holds_alternative<FileError>(found))
        return {};
    std::vector<std::string> names;
    for (const std::string& path : std::get<std::vector<std::string>>(found))
        names.push_back(std::filesystem::path(path).lexically_relative(dir.path()).string());
    return names;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("globs") {
    const TempDir dir;
    for (const char* name :
         {"a.bam", "b.bam", "b.bai", ".c.bam", "sub/d.bam", "sub/deep/e.bam", "sub/.git/f.bam", "x[1].txt"})
        dir.write(name, "");
    std::filesystem::create_directory_symlink("sub", dir / "link");
    CHECK(matches(dir, "*.bam") == Names{"a.bam", "b.bam"});
    CHECK(matches(dir, "[b-z].ba?") == Names{"b.bai", "b.bam"});
    CHECK(matches(dir, ".*.bam") == Names{".c.bam"});
    CHECK(matches(dir, "*/*.bam") == Names{"link/d.bam", "sub/d.bam"});
    CHECK(matches(dir, "**/*.bam") == Names{"a.bam", "b.bam", "sub/d.bam", "sub/deep/e.bam"});
    CHECK(matches(dir, "sub/**/*.bam") == Names{"sub/d.bam", "sub/deep/e.bam"});
    CHECK(matches(dir, "sub/**") == Names{"sub/d.bam", "sub/deep", "sub/deep/e.bam"});
    CHECK(matches(dir, "sub/../*.bai") == Names{"sub/../b.bai"});
    CHECK(matches(dir, "x[[]1].txt") == Names{"x[1].txt"});
    CHECK(matches(dir, "*.vcf").empty());
    CHECK(matches(dir, "missing/*").empty());
}

TEST_CASE("a working directory with glob characters is taken literally") {
    const TempDir dir;
    dir.write("run [1]*/a.txt", "");
    dir.write("run 1/a.txt", "");
    const std::string base = (dir / "run [1]*").string();
    const auto found = existing_paths(base, "*.txt");
    REQUIRE(std::holds_alternative<std::vector<std::string>>(found));
    CHECK(std::get<std::vector<std::string>>(found) == Names{base + "/a.txt"});
}

TEST_CASE("absolute paths keep links and dots that matter") {
    CHECK(absolute_path("/w", "a/./b//c") == "/w/a/b/c");
    CHECK(absolute_path("/w", "a/../b") == "/w/a/../b");
    CHECK(absolute_path("/w", "/x/y/") == "/x/y");
    CHECK(absolute_path("/w/", ".") == "/w");
    CHECK(absolute_path("/", ".") == "/");
}

TEST_CASE("last lines") {
    const TempDir dir;
    const auto as_it_is = [](std::string text) { return text; };
    const auto lines = [&](const std::string& content, std::size_t count = 2) {
        return last_lines(dir.write("log", content).string(), count, as_it_is);
    };
    CHECK(lines("").empty());
    CHECK(lines("one") == Names{"one"});
    CHECK(lines("one\ntwo\nthree\n") == Names{"two", "three"});
    CHECK(lines("one\n\n\ntwo\r\n\n") == Names{"one", "two"});
    CHECK(lines("10 %\r20 %\r100 %\n") == Names{"100 %"});
    const std::string big(100000, 'x');
    CHECK(lines(big + "\nend\n", 1) == Names{"end"});
    CHECK(lines(big, 1).at(0).size() == 16384);
    CHECK(last_lines((dir / "missing").string(), 3, as_it_is).empty());
    CHECK(last_lines(dir.path().string(), 3, as_it_is).empty());
    // A token across the beginning of what is shown, and of what is read.
    const auto no_token = [](std::string text) {
        for (std::size_t at = text.find("TOKEN"); at != std::string::npos; at = text.find("TOKEN"))
            text.replace(at, 5, "*");
        return text;
    };
    for (const std::size_t shown : {16384u, 16384u + 8192u})
        for (std::size_t cut = 1; cut < 5; ++cut) {
            const std::string content = "TOKEN" + std::string(shown - cut, 'x');
            const auto told = last_lines(dir.write("log", content).string(), 1, no_token);
            REQUIRE(told.size() == 1);
            CHECK(told[0].find_first_not_of("x*") == std::string::npos);
        }
}

TEST_CASE("values of token variables are blotted out, short and empty ones left alone") {
    ::setenv("FERRY_TEST_SECRET", "abcdef", 1);
    ::setenv("FERRY_TEST_SHORT", "ab", 1);
    const std::set<std::string> names{"FERRY_TEST_SECRET", "FERRY_TEST_SHORT", "FERRY_TEST_UNSET"};
    CHECK(without_secrets("x abcdef abcdefabcdef ab", names) ==
          "x [FERRY_TEST_SECRET] [FERRY_TEST_SECRET][FERRY_TEST_SECRET] ab");
    ::unsetenv("FERRY_TEST_SECRET");
    CHECK(without_secrets("abcdef", names) == "abcdef");
    ::unsetenv("FERRY_TEST_SHORT");
}

} // namespace ferry::test
