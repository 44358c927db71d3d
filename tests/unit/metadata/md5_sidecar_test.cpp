#include "metadata/md5_sidecar.hpp"

#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace ferry::test {
namespace {

const std::string one = "0123456789abcdef0123456789abcdef";
const std::string other = "ffffffffffffffffffffffffffffffff";
constexpr std::int64_t long_ago = 1'000'000'000; // a file's time; every sidecar here is younger

std::string digest_of(const std::string& text, const std::string& name = "a.bam") {
    const FoundMd5 found = find_md5(text, name);
    CHECK((found.lines == Md5Lines::found) == !found.digest.empty());
    return found.digest;
}

struct BesideMd5 {
    TempDir dir;
    std::vector<std::string> warnings;

    std::string send(std::int64_t mtime_ns = long_ago) {
        return md5_to_send((dir / "a.bam").string(), mtime_ns,
                           [this](std::string text) { warnings.push_back(std::move(text)); });
    }
    std::string send(const std::string& content) {
        dir.write("a.bam.md5", content);
        return send();
    }
};

} // namespace

TEST_CASE("what md5sum writes, in each of its forms") {
    for (const std::string& text : std::vector<std::string>{
             one + "  a.bam\n", one + " *a.bam\n", one + "  ./a.bam", one + "  /data/run 7/a.bam\n",
             "MD5 (a.bam) = " + one + "\n", "MD5 (x/a.bam) = " + one,
             std::string("0123456789ABCDEF0123456789ABCDEF  a.bam\n"), one + "  a.bam\r\n",
             "\xEF\xBB\xBF" + one + "  a.bam\n", "# made by the aligner\n" + one + "  a.bam\n",
             other + "  b.bam\n" + one + "  a.bam\n" + other + "  a.bam.bai\n", one + "\n", one, one + " \r\n",
             one + "  -\n", "\n" + one + "\n\n", one + "  a.bam\n" + one + "  copy/a.bam\n"}) {
        CAPTURE(text);
        CHECK(digest_of(text) == one);
    }
}

TEST_CASE("names that md5sum escapes, and names that only look so") {
    CHECK(digest_of("\\" + one + "  a\\nb\\\\c\n", "a\nb\\c") == one);
    CHECK(digest_of("\\MD5 (x/a\\rb) = " + one + "\n", "a\rb") == one);
    CHECK(digest_of(one + "  a\\nb\n", "a\\nb") == one); // not escaped: a backslash is one
    CHECK(digest_of("\\" + one + "  a\\xb\n", "a\\xb").empty());
    CHECK(digest_of("\\" + one + "  a\\\n", "a\\").empty());
    CHECK(digest_of(one + "   a\n", " a") == one);
    CHECK(digest_of(one + "  *a\n", "*a") == one);
    CHECK(digest_of(one + "  a\r\n", "a\r") == one);
    CHECK(digest_of("MD5 (a) = b) = " + one, "a) = b") == one);
}

TEST_CASE("what is no line of the file gives no MD5") {
    for (const std::string& text :
         {std::string(), one + "  b.bam\n", one + "0  a.bam\n", one.substr(1) + "  a.bam\n", one + " a.bam\n",
          one + "\ta.bam\n", "g" + one.substr(1) + "  a.bam\n", std::string("MD5 (a.bam) = "), "MD5 (a.bam) " + one,
          "SHA1 (a.bam) = " + one, std::string("MD5 () = "), one + "\n" + other + "\n", one + "\nnonsense\n",
          one + "  xa.bam\n", one + "  a.bam/\n", std::string("<html>\n")}) {
        CAPTURE(text);
        CHECK(find_md5(text, "a.bam").lines == Md5Lines::none);
    }
    CHECK(find_md5(one + "  a.bam\n" + other + "  x/a.bam\n", "a.bam").lines == Md5Lines::contradictory);
}

TEST_CASE("the MD5 beside a file goes with it, and nothing is said where there is none") {
    BesideMd5 beside;
    CHECK(beside.send().empty());
    CHECK(beside.send(one + "  a.bam\n") == one);
    CHECK(beside.warnings.empty());
}

TEST_CASE("a sidecar that is older than the file, by however little, is not relied on, and said") {
    BesideMd5 beside;
    beside.dir.write("a.bam.md5", one + "\n");
    struct stat info {};
    REQUIRE(::stat((beside.dir / "a.bam.md5").c_str(), &info) == 0);
    const std::int64_t time = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
    CHECK(beside.send(time) == one);
    CHECK(beside.warnings.empty());
    CHECK(beside.send(time + 1).empty());
    REQUIRE(beside.warnings.size() == 1);
    CHECK(beside.warnings[0].find("a.bam.md5: is older than the file") != std::string::npos);
    CHECK(beside.warnings[0].find("write it anew with md5sum, or touch it") != std::string::npos);
    CHECK(read_md5_sidecar((beside.dir / "a.bam").string(), time + 1).digest == one);
}

TEST_CASE("a sidecar that cannot be used is told with its name, and never stops anything") {
    BesideMd5 beside;
    CHECK(beside.send(one + "  b.bam\n").empty());
    CHECK(beside.send(one + "  a.bam\n" + other + "  a.bam\n").empty());
    CHECK(beside.send(std::string((4u << 20) + 1, '\n')).empty());
    std::filesystem::remove(beside.dir / "a.bam.md5");
    REQUIRE(::mkfifo((beside.dir / "a.bam.md5").c_str(), 0600) == 0); // is not waited for
    CHECK(beside.send().empty());
    std::filesystem::remove(beside.dir / "a.bam.md5");
    std::filesystem::create_symlink("a.bam.md5", beside.dir / "a.bam.md5");
    CHECK(beside.send().empty());
    REQUIRE(beside.warnings.size() == 5);
    const char* const said[] = {"has no line for a.bam; write it anew", "several lines for a.bam, which do not agree",
                                "is larger than 4 MiB", "is no regular file", "cannot be opened: "};
    for (std::size_t i = 0; i < beside.warnings.size(); ++i) {
        CHECK(beside.warnings[i].starts_with((beside.dir / "a.bam.md5").string() + ": "));
        CHECK_MESSAGE(beside.warnings[i].find(said[i]) != std::string::npos, beside.warnings[i]);
        CHECK(beside.warnings[i].ends_with("; the file goes without it"));
    }
}

} // namespace ferry::test
