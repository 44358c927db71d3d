#include "metadata/manifest_file.hpp"

#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace ferry::test {
namespace {

struct ReadBack final : ManifestSink {
    TempDir dir;
    std::vector<ManifestRow> rows;
    std::vector<std::string> problems; // without the manifest's path
    std::vector<std::string> oddities;

    void row(ManifestRow row) override { rows.push_back(std::move(row)); }
    void bad_row(std::string sentence) override { problems.push_back(short_form(std::move(sentence))); }
    void oddity(std::string sentence) override { oddities.push_back(short_form(std::move(sentence))); }
    bool enough() const override { return false; }

    std::string short_form(std::string sentence) const {
        const std::string path = (dir / "t.csv").string();
        const std::size_t at = sentence.find(path);
        return at == std::string::npos ? sentence : sentence.replace(at, path.size(), "T");
    }
    void read() { read_manifest((dir / "t.csv").string(), *this); }
    void read(const std::string& content) {
        dir.write("t.csv", content);
        read();
    }
};

using Pairs = std::map<std::string, std::string>;

} // namespace

TEST_CASE("rows are paths below the manifest's folder, with what their cells hold") {
    ReadBack t;
    t.read("\xEF\xBB\xBF"
           "File name,Sample,note\r\na*.bam,S 1,\"x, "
           "\"\"y\"\"\"\r\n\r\n../up.bam,,\r\n/abs/c.bam,\"two\nlines\",\r\n,,\r\n");
    CHECK(t.problems.empty());
    CHECK(t.oddities.empty());
    REQUIRE(t.rows.size() == 3);
    CHECK(t.rows[0].path == (t.dir / "a*.bam").string());
    CHECK(t.rows[0].metadata.pairs == Pairs{{"Sample", "S 1"}, {"note", "x, \"y\""}});
    CHECK(t.rows[1].path == t.dir.path().string() + "/../up.bam");
    CHECK(t.rows[1].metadata.empty()); // an empty cell is no value
    CHECK(t.rows[1].line == 4);
    CHECK(t.rows[2].path == "/abs/c.bam");
    CHECK(t.rows[2].metadata.pairs == Pairs{{"Sample", "two\nlines"}});
}

TEST_CASE("the first column counts by its place; another title is odd") {
    ReadBack t;
    t.read("file_name,k\na,x\n");
    CHECK(t.rows.size() == 1);
    REQUIRE(t.oddities.size() == 1);
    CHECK(t.oddities[0] == "T, line 1: the first column is called 'file_name' and is taken for the names of the files; "
                           "call it 'File name'");
}

TEST_CASE("a table whose columns are separated by something else is refused, as no row could be read right") {
    ReadBack t;
    t.read("File name;k\na;x\n");
    t.read("File name\tk\na\tx\n");
    CHECK(t.rows.empty());
    CHECK(t.oddities.empty());
    REQUIRE(t.problems.size() == 2);
    CHECK(t.problems[0] == "T, line 1: its columns are separated by semicolons, and have to be by commas; save the "
                           "table as CSV with commas");
    CHECK(t.problems[1].find("separated by tabs") != std::string::npos);
}

TEST_CASE("a table without a header would lose its first file, so it is refused") {
    ReadBack t;
    t.dir.write("a.bam", "1");
    t.read("a.bam,S1\nb.bam,S2\n");
    CHECK(t.rows.empty());
    REQUIRE(t.problems.size() == 1);
    CHECK(t.problems[0].starts_with("T, line 1: 'a.bam' is a file, where the header has to be"));
}

TEST_CASE("columns need names of their own, that the platform takes") {
    ReadBack t;
    t.read("File name,k,,k,a$b\nx,1,2,3,4\n");
    CHECK(t.rows.empty());
    REQUIRE(t.problems.size() == 3);
    CHECK(t.problems[0] == "T, line 1: column 3 has no name; give it the key of its metadata, or remove it");
    CHECK(t.problems[1].starts_with("T, line 1: column 4, 'k': another column is called so"));
    CHECK(t.problems[2].starts_with("T, line 1: column 5, 'a$b': the platform takes no"));
}

TEST_CASE("each bad row is told with its line, and the others are read") {
    ReadBack t;
    t.read("File name,k\na,1,2\nb\n\"c,1\nd,x\ne,1\n");
    CHECK(t.rows.empty());
    REQUIRE(t.problems.size() == 3); // the quote that has no end takes the rest
    CHECK(t.problems[0] == "T, line 2: has 3 cells, and the header 2; put a cell that holds a comma in quotes");
    CHECK(t.problems[1] == "T, line 3: has 1 cell, and the header 2; leave no cell out: an empty one is no value");
    CHECK(t.problems[2].starts_with("T, line 4: "));
    t.problems.clear();
    t.read("File name,k\n,1\na," + std::string(301, 'v') + "\nb,1\n");
    REQUIRE(t.problems.size() == 2);
    CHECK(t.problems[0] == "T, line 2: names no file in its first column");
    CHECK(t.problems[1] == "T, line 3: 'k': a value of 301 bytes; the platform takes at most 300");
    REQUIRE(t.rows.size() == 1);
    CHECK(t.rows[0].line == 4);
}

TEST_CASE("what cannot be read as a table at all") {
    ReadBack t;
    t.read();
    CHECK(t.problems.back() == "the manifest T cannot be used: there is no such file");
    t.read("");
    CHECK(t.problems.back().starts_with("T, line 1: the manifest is empty"));
    t.read("File name,k\n\xFF,1\n");
    CHECK(t.problems.back().find("is not UTF-8") != std::string::npos);
    std::filesystem::remove(t.dir / "t.csv");
    std::filesystem::create_directory(t.dir / "t.csv");
    t.read();
    CHECK(t.problems.back() == "the manifest T is a folder; give a CSV file");
    std::filesystem::remove(t.dir / "t.csv");
    REQUIRE(::mkfifo((t.dir / "t.csv").c_str(), 0600) == 0);
    t.read();
    CHECK(t.problems.back() == "the manifest T is not a regular file; give a CSV file");
    CHECK(t.rows.empty());
}

} // namespace ferry::test
