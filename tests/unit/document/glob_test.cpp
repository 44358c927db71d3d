#include "document/glob_walk.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace ferry::test {
namespace {

namespace fs = std::filesystem;

// The matches relative to the folder.
std::vector<std::string> matches(const TempDir& dir, const std::string& pattern, GlobFinds finds = GlobFinds::files) {
    std::vector<std::string> names;
    for (const std::string& file : expand_glob(dir.path().string(), pattern, finds).paths) {
        REQUIRE(file.starts_with(dir.path().string() + "/"));
        names.push_back(file.substr(dir.path().string().size() + 1));
    }
    return names;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("one component: stars, question marks and classes") {
    const struct {
        const char* pattern;
        const char* name;
        bool matches;
    } cases[] = {
        {"*", "a.bam", true},
        {"*.bam", "a.bam", true},
        {"*.bam", "a.bam.bai", false},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"*a", "aaaaaaaab", false},
        {"?", "", false},
        {"?.txt", "a.txt", true},
        {"?.txt", "ab.txt", false},
        {"?.txt", "\xC3\xA4.txt", true}, // one character, two bytes
        {"?.txt", "\xE4.txt", true},     // Latin-1: one byte
        {"[\xC3\xA4\xC3\xB6].txt", "\xC3\xB6.txt", true},
        {"[ab].txt", "b.txt", true},
        {"[ab].txt", "c.txt", false},
        {"[a-c]1", "b1", true},
        {"[a-c]1", "d1", false},
        {"[!a-c]1", "d1", true},
        {"[^a-c]1", "b1", false},
        {"[]a]", "]", true},
        {"[a-]", "-", true},
        {"[!]a]", "]", false},
        {"a[b", "a[b", true}, // no end: stands for itself
        {"a[b", "ab", false},
        {"[", "[", true},
        {"a\\*", "a\\b", true}, // a backslash stands for itself
        {"*", ".hidden", false},
        {"?hidden", ".hidden", false},
        {"[.]hidden", ".hidden", false},
        {".*", ".hidden", true},
        {"**", "anything", true},
        {"***a***", "bab", true},
        {"", "", true},
        {"", "a", false},
    };
    for (const auto& c : cases) {
        CAPTURE(c.pattern);
        CAPTURE(c.name);
        CHECK(matches_name(c.pattern, c.name) == c.matches);
    }
}

TEST_CASE("many stars against a long name end soon") {
    std::string pattern;
    for (int i = 0; i < 60; ++i)
        pattern += "*a";
    CHECK_FALSE(matches_name(pattern + "b", std::string(255, 'a')));
}

TEST_CASE("matches come sorted by bytes, each once") {
    const TempDir dir;
    for (const char* name : {"b.txt", "a.txt", "B.txt", "a10.txt", "a9.txt", "x/b.txt", "x/x/b.txt"})
        dir.write(name, "1");
    CHECK(matches(dir, "*.txt") == Names{"B.txt", "a.txt", "a10.txt", "a9.txt", "b.txt"});
    CHECK(matches(dir, "**/x/**/b.txt") == Names{"x/b.txt", "x/x/b.txt"});
}

TEST_CASE("two stars stand for any number of folders, none included") {
    const TempDir dir;
    for (const char* name : {"top.bam", "a/one.bam", "a/b/two.bam", "a/b/two.txt", "c/three.bam"})
        dir.write(name, "1");
    CHECK(matches(dir, "**/*.bam") == Names{"a/b/two.bam", "a/one.bam", "c/three.bam", "top.bam"});
    CHECK(matches(dir, "a/**/*.bam") == Names{"a/b/two.bam", "a/one.bam"});
    CHECK(matches(dir, "a/**") == Names{"a/b/two.bam", "a/b/two.txt", "a/one.bam"});
    CHECK(matches(dir, "**/**/two.*") == Names{"a/b/two.bam", "a/b/two.txt"});
    CHECK(matches(dir, "*/one.bam") == Names{"a/one.bam"});
    CHECK(matches(dir, "./a/./one.*") == Names{"a/one.bam"});
    CHECK(matches(dir, "a/../c/*.bam") == Names{"a/../c/three.bam"});
    CHECK(matches(dir, "*").size() == 1); // folders are no results
    CHECK(matches(dir, "*/").empty());
    CHECK(matches(dir, "nothing/**").empty());
    CHECK(matches(dir, "a/**", GlobFinds::everything) == Names{"a/b", "a/b/two.bam", "a/b/two.txt", "a/one.bam"});
    CHECK(matches(dir, "*/", GlobFinds::everything) == Names{"a", "c"});
}

TEST_CASE("two stars do not enter linked folders, one star does; links to files are files") {
    const TempDir dir;
    dir.write("real/a.txt", "1");
    fs::create_directory_symlink("real", dir / "link");
    fs::create_directory_symlink("..", dir / "real/up"); // a circle
    fs::create_symlink("a.txt", dir / "real/b.txt");
    CHECK(matches(dir, "**/*.txt") == Names{"real/a.txt", "real/b.txt"});
    CHECK(matches(dir, "*/a.txt") == Names{"link/a.txt", "real/a.txt"});
}

TEST_CASE("hidden files and folders only where the pattern says so") {
    const TempDir dir;
    for (const char* name : {".h.txt", ".git/x.txt", "a/.h.txt", "a/x.txt"})
        dir.write(name, "1");
    CHECK(matches(dir, "**/*.txt") == Names{"a/x.txt"});
    CHECK(matches(dir, "**/.*.txt") == Names{".h.txt", "a/.h.txt"});
    CHECK(matches(dir, ".g*/*") == Names{".git/x.txt"});
    CHECK(matches(dir, "**") == Names{"a/x.txt"});
}

TEST_CASE("what is no regular file is passed over with a warning, and a FIFO is not waited for") {
    const TempDir dir;
    dir.write("a", "1");
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    fs::create_symlink("nowhere", dir / "dangling");
    fs::create_directory(dir / "folder");
    const GlobResult result = expand_glob(dir.path().string(), "*", GlobFinds::files);
    CHECK(result.paths.size() == 1);
    REQUIRE(result.warnings.size() == 2);
    CHECK(result.warnings[0].find("dangling is a link that leads nowhere") != std::string::npos);
    CHECK(result.warnings[1].find("fifo is not a regular file") != std::string::npos);
}

TEST_CASE("a walk tells what cannot be had from what holds no data, and what is hidden from the pattern") {
    const TempDir dir;
    for (const char* file : {"a/x.txt", "a/.y.txt", "a/.z.csv", "a/.git/x.txt", ".h.txt"})
        dir.write(file, "");
    fs::create_symlink("nowhere", dir / "dangling.txt");
    REQUIRE(::mkfifo((dir / "fifo.txt").c_str(), 0600) == 0);
    struct Sink : GlobSink {
        Names unreadables, passed, hiddens;
        void found(const std::string&) override {}
        void passed_over(const std::string& what) override { passed.push_back(what); }
        void unreadable(const std::string& what) override { unreadables.push_back(what); }
        void hidden(const std::string& path) override { hiddens.push_back(path); }
        bool stopped() const override { return false; }
    };
    Sink sink;
    walk_glob(dir.path().string(), "**/*.txt", GlobFinds::files, sink);
    CHECK(sink.unreadables == Names{(dir / "dangling.txt").string() + " is a link that leads nowhere"});
    CHECK(sink.passed == Names{(dir / "fifo.txt").string() + " is not a regular file: passed over"});
    CHECK(sink.hiddens == Names{(dir / ".h.txt").string(), (dir / "a/.y.txt").string()});
    Sink all;
    walk_glob(dir.path().string(), "a/**", GlobFinds::files, all);
    CHECK(all.hiddens == Names{(dir / "a/.git").string(), (dir / "a/.y.txt").string(), (dir / "a/.z.csv").string()});
    Sink named;
    walk_glob(dir.path().string(), "a/.*", GlobFinds::files, named);
    CHECK(named.hiddens.empty());
}

TEST_CASE("a walk tells the linked folders that ** does not enter, and no other links") {
    const TempDir dir;
    for (const char* file : {"real/x.txt", "d/y.txt", "d/sub/z.txt"})
        dir.write(file, "");
    fs::create_directory_symlink("../real", dir / "d/S1");
    fs::create_directory_symlink("../../real", dir / "d/sub/S2");
    fs::create_symlink("y.txt", dir / "d/file");
    fs::create_directory_symlink("../real", dir / "d/.hidden");
    struct Sink : GlobSink {
        Names linked;
        std::string shut;
        void found(const std::string&) override {}
        void passed_over(const std::string&) override {}
        void unreadable(const std::string&) override {}
        void hidden(const std::string&) override {}
        void linked_folder(const std::string& path) override { linked.push_back(path); }
        bool enters(const std::string& folder) override { return folder != shut; }
        bool stopped() const override { return false; }
    };
    const auto linked = [&dir](const char* pattern, const std::string& shut = {}) {
        Sink sink;
        sink.shut = shut;
        walk_glob(dir.path().string(), pattern, GlobFinds::files, sink);
        return sink.linked;
    };
    const std::string first = (dir / "d/S1").string();
    const std::string second = (dir / "d/sub/S2").string();
    CHECK(linked("d/**") == Names{first, second});
    CHECK(linked("d/**/*.txt") == Names{first, second});
    CHECK(linked("d/**/*/*.txt").empty()); // the * enters them
    CHECK(linked("d/*").empty());
    CHECK(linked("d/S1/**").empty());
    CHECK(linked("d/**", (dir / "d/sub").string()) == Names{first}); // what is not entered is not told of
}

TEST_CASE("one character in brackets is that character, and no pattern") {
    for (const char* text : {"", "a", "[*]", "[[]x[?]", "a]"})
        CHECK_FALSE(is_glob(text));
    for (const char* text : {"*", "a?", "[a]", "[*][", "[[]*", "[*?]", "["})
        CHECK(is_glob(text));
    for (const char* text : {"plain", "*", "a[1]?", "[[]", "[*]", "]["}) {
        CAPTURE(text);
        CHECK_FALSE(is_glob(as_literal(text)));
        CHECK(literal_of(as_literal(text)) == text);
        CHECK(matches_name(as_literal(text), text));
    }
    const TempDir dir;
    for (const char* name : {"a[1]/x.bam", "a1/y.bam", "a[1]/x*.vcf", "a[1]/xy.vcf"})
        dir.write(name, "1");
    CHECK(matches(dir, as_literal("a[1]") + "/*.bam") == Names{"a[1]/x.bam"});
    CHECK(matches(dir, as_literal("a[1]/x*.vcf")) == Names{"a[1]/x*.vcf"});
    CHECK(matches(dir, "*/" + as_literal("x*.vcf")) == Names{"a[1]/x*.vcf"});
}

TEST_CASE("the folder's own name is no pattern") {
    const TempDir dir;
    dir.write("[x]*/a.txt", "1");
    dir.write("x/a.txt", "1");
    CHECK(expand_glob((dir / "[x]*").string(), "*.txt", GlobFinds::files).paths ==
          Names{(dir / "[x]*/a.txt").string()});
    const std::string x = (dir / "x").string();
    CHECK(expand_glob(x, x + "/*", GlobFinds::files).paths == Names{x + "/a.txt"});
}

TEST_CASE("what is found comes sorted as whole paths are, each once, as it is found") {
    const TempDir dir;
    for (const char* file : {"a/x", "a/b/x", "a/b.c/x", "a-b/x", "a.x", "a0/x", "x"})
        dir.write(file, "");
    struct Sink : GlobSink {
        std::vector<std::string> paths;
        std::size_t most = 100;
        void found(const std::string& path) override { paths.push_back(path); }
        void passed_over(const std::string&) override {}
        void unreadable(const std::string&) override {}
        void hidden(const std::string&) override {}
        bool stopped() const override { return paths.size() >= most; }
    };
    for (const char* pattern : {"**", "**/x", "**/*", "*/**", "**/b/**/x", "**/a/../**/x", "*", "a/**/b*/**"}) {
        CAPTURE(pattern);
        for (const GlobFinds finds : {GlobFinds::files, GlobFinds::everything}) {
            Sink sink;
            walk_glob(dir.path().string(), pattern, finds, sink);
            CHECK_FALSE(sink.paths.empty());
            std::vector<std::string> sorted = sink.paths;
            std::sort(sorted.begin(), sorted.end());
            sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
            CHECK(sink.paths == sorted);
            Sink two;
            two.most = 2;
            walk_glob(dir.path().string(), pattern, finds, two);
            CHECK(two.paths.size() <= 2);
        }
    }
}

TEST_CASE("a literal behind ** is found where folders may be entered and not listed") {
    const TempDir dir;
    dir.write("a/b/c.txt", "");
    std::filesystem::permissions(dir / "a", std::filesystem::perms::owner_exec);
    const GlobResult result = expand_glob(dir.path().string(), "a/**/b/c.txt", GlobFinds::files);
    std::filesystem::permissions(dir / "a", std::filesystem::perms::owner_all);
    CHECK(result.paths == Names{(dir / "a/b/c.txt").string()});
}

} // namespace ferry::test
