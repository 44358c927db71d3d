#include "selection/file_selection.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace ferry::test {
namespace {

struct Collected final : SelectionSink {
    std::vector<std::pair<std::string, std::string>> files; // path relative to the folder, name
    std::vector<std::string> problems;
    std::vector<std::string> warnings;
    std::vector<std::string> notes;
    std::string root;
    std::size_t enough = 1000;

    Collected(const TempDir& dir, const std::vector<FileRequest>& requests) : root(dir.path().string() + "/") {
        select_files(requests, dir.path().string(), *this);
    }
    void file(SelectedFile file) override {
        REQUIRE(file.path.starts_with(root));
        files.emplace_back(file.path.substr(root.size()), file.name);
    }
    void problem(std::string sentence) override { problems.push_back(std::move(sentence)); }
    void warning(std::string sentence) override { warnings.push_back(std::move(sentence)); }
    void note(std::string sentence) override { notes.push_back(std::move(sentence)); }
    bool stopped() const override { return files.size() == enough; }
};

using Files = std::vector<std::pair<std::string, std::string>>;

FileRequest request(std::string path) {
    return {.path = std::move(path), .name = std::nullopt};
}

} // namespace

TEST_CASE("a path that exists is literal, whatever it is made of; else it is a pattern") {
    const TempDir dir;
    dir.write("[1]*.txt", "1");
    dir.write("1.txt", "1");
    dir.write("2.txt", "1");
    CHECK(Collected(dir, {request("[1]*.txt")}).files == Files{{"[1]*.txt", "[1]*.txt"}});
    CHECK(Collected(dir, {request("[12].txt")}).files == Files{{"1.txt", "1.txt"}, {"2.txt", "2.txt"}});
}

TEST_CASE("what a reference stood for is no pattern, in whole or in part") {
    const TempDir dir;
    for (const char* name : {"s[1]*.txt", "s1x.txt", "[[]"})
        dir.write(name, "1");
    CHECK(Collected(dir, {request("s[[]1][*].txt")}).files == Files{{"s[1]*.txt", "s[1]*.txt"}});
    CHECK(Collected(dir, {request("s[[]1]*.txt")}).files == Files{{"s[1]*.txt", "s[1]*.txt"}});
    CHECK(Collected(dir, {request("[[]")}).files == Files{{"[[]", "[[]"}}); // a file of that very name
    REQUIRE(Collected(dir, {request("s[*].txt")}).problems.size() == 1);
    CHECK(Collected(dir, {request("s[*].txt")})
              .problems[0]
              .ends_with("/s*.txt: there is no such file; what a reference stands for is no pattern, write the * into "
                         "the workflow "
                         "itself for that"));
}

TEST_CASE("what a pattern cannot have is a problem, what holds no data a warning, what is hidden a note") {
    const TempDir dir;
    for (const char* name : {"a.txt", ".b.txt", ".c.txt"})
        dir.write(name, "1");
    std::filesystem::create_symlink("nowhere", dir / "lost.txt");
    REQUIRE(::mkfifo((dir / "pipe.txt").c_str(), 0600) == 0);
    const Collected found(dir, {request("*.txt")});
    CHECK(found.files == Files{{"a.txt", "a.txt"}});
    CHECK(found.problems == std::vector<std::string>{(dir / "lost.txt").string() +
                                                     " is a link that leads nowhere; mend that, or leave it out of the "
                                                     "pattern *.txt"});
    CHECK(found.warnings ==
          std::vector<std::string>{(dir / "pipe.txt").string() + " is not a regular file: passed over"});
    CHECK(found.notes == std::vector<std::string>{"*.txt leaves out what is hidden: " + (dir / ".b.txt").string() +
                                                  " and 1 more; a pattern with a dot in front of the * matches it"});
    CHECK(Collected(dir, {request(".*.txt")}).notes.empty());
}

TEST_CASE("linked folders that ** does not enter are told, with what would name them") {
    const TempDir dir;
    dir.write("data/S1/a", "1");
    dir.write("r/b", "1");
    std::filesystem::create_directory_symlink("../data/S1", dir / "r/S1");
    const std::string link = (dir / "r/S1").string();
    const Collected one(dir, {request("r/**")});
    CHECK(one.files == Files{{"r/b", "b"}});
    CHECK(one.notes == std::vector<std::string>{"r/** does not enter the linked folder " + link +
                                                "; name it to have its files: " + link + "/**"});
    std::filesystem::create_directory_symlink("../data", dir / "r/S2");
    const Collected two(dir, {request("r/**")});
    REQUIRE(two.notes.size() == 1);
    CHECK(two.notes[0].starts_with("r/** does not enter the linked folder " + link + " and 1 more; "));
    const Collected named(dir, {request("r/S1/**")});
    CHECK(named.files == Files{{"r/S1/a", "a"}});
    CHECK(named.notes.empty());
}

TEST_CASE("what is given as a literal never is a pattern") {
    const TempDir dir;
    dir.write("a1", "1");
    FileRequest literal = request("a*");
    literal.literal = true;
    const Collected found(dir, {literal});
    CHECK(found.files.empty());
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].ends_with("/a*: there is no such file; in an object {\"path\": ...} it is no pattern, give "
                                      "it as a text of its own for that"));
}

TEST_CASE("entries keep their order, those of a pattern are sorted") {
    const TempDir dir;
    for (const char* name : {"z", "sub/b.x", "sub/a.x"})
        dir.write(name, "1");
    const Collected found(dir, {request("z"), request("sub/*.x"), request("./sub//a.x")});
    CHECK(found.files == Files{{"z", "z"}, {"sub/a.x", "a.x"}, {"sub/b.x", "b.x"}, {"sub/a.x", "a.x"}});
    CHECK(found.problems.empty());
}

TEST_CASE("a name of its own; not one for several files") {
    const TempDir dir;
    dir.write("a1", "1");
    dir.write("a2", "1");
    FileRequest named = request("a1");
    named.name = "other";
    CHECK(Collected(dir, {named}).files == Files{{"a1", "other"}});
    named.path = "a?";
    REQUIRE(Collected(dir, {named}).problems.size() == 1);
    CHECK(Collected(dir, {named}).problems[0] == "a?: one name, other, for 2 files");
}

TEST_CASE("a stop ends the selection in the midst of a pattern") {
    const TempDir dir;
    for (const char* name : {"a1", "a2", "a3"})
        dir.write(name, "1");
    Collected found(dir, {});
    found.enough = 2;
    select_files({request("a*"), request("a1")}, dir.path().string(), found);
    CHECK(found.files.size() == 2);
}

TEST_CASE("absolute paths stand alone") {
    const TempDir dir;
    const TempDir elsewhere;
    dir.write("a", "1");
    std::vector<FileRequest> requests{request((dir / "a").string()), request((dir / "*").string())};
    Collected found(dir, {});
    select_files(requests, elsewhere.path().string(), found);
    CHECK(found.files == Files{{"a", "a"}, {"a", "a"}});
}

TEST_CASE("every problem is told: nothing there, nothing matches, empty, zero byte") {
    const TempDir dir;
    const Collected found(dir, {request("none"), request("*.none"), request(""), request(std::string("a\0b", 3))});
    CHECK(found.files.empty());
    REQUIRE(found.problems.size() == 4);
    CHECK(found.problems[0].ends_with(
        "/none: there is no such file; correct the path, or start ferry in the folder that it begins in"));
    CHECK(found.problems[1].starts_with("*.none: the pattern matches no file in "));
    CHECK(found.problems[2] == "an empty path in `files`");
    CHECK(found.problems[3].ends_with("a path cannot hold a zero byte"));
}

TEST_CASE("a trailing slash keeps saying that a folder is meant") {
    const TempDir dir;
    dir.write("sub/a", "1");
    const Collected found(dir, {request("sub/")});
    CHECK(found.files == Files{{"sub/", ""}}); // the checks refuse it, by kind or by its empty name
}

} // namespace ferry::test
