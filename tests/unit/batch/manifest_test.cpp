#include "batch/manifest.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

using namespace ferry;
using test::TempDir;

namespace {

// "1@2 a=x b=y" for each row (number @ line), "!" and the message for each problem; a line each.
std::string rows_of(const std::string& name, const std::string& text) {
    const TempDir dir;
    auto opened = Manifest::open(dir.write(name, text));
    REQUIRE_MESSAGE(std::holds_alternative<std::unique_ptr<Manifest>>(opened), std::get<std::string>(opened));
    const auto& manifest = *std::get<std::unique_ptr<Manifest>>(opened);
    std::string told;
    const auto pass = manifest.pass();
    ManifestRow row;
    for (auto next = pass->next(row); next != Manifest::Pass::Next::end; next = pass->next(row)) {
        if (next == Manifest::Pass::Next::problem) {
            const std::string problem = to_text(pass->problem());
            told += "!" + problem.substr(problem.find(name) + name.size() + 1) + "\n";
            continue;
        }
        told += std::to_string(row.number) + "@" + std::to_string(row.line);
        for (const auto& [column, value] : row.values)
            told += " " + column + "=" + value;
        told += "\n";
    }
    return told;
}

std::string refusal(const std::string& path) {
    const auto opened = Manifest::open(path);
    const auto* reason = std::get_if<std::string>(&opened);
    return reason ? *reason : "";
}

} // namespace

TEST_CASE("columns are variables, and values stay texts") {
    CHECK(rows_of("r.csv", "sample,size\r\n1e5,007\r\n\"a,\"\"b\nc\",\r\n") ==
          "1@2 sample=1e5 size=007\n2@3 sample=a,\"b\nc size=\n");
    CHECK(rows_of("r.tsv", "sample\tsize\n\"x\"\t \n") == "1@2 sample=\"x\" size= \n");
    CHECK(rows_of("r.csv", "sample\n") == "");
    CHECK(rows_of("r.csv", "\xEF\xBB\xBFsample\nx\n") == "1@2 sample=x\n");
}

TEST_CASE("what is wrong with a table has its line, and the rows behind it are still read") {
    CHECK(rows_of("r.csv", "a,b\n1\n1,2,3\n1,2\n") ==
          "!2: row 1 has 1 cell; needed: 2, one for each column of the header\n"
          "!3: row 2 has 3 cells; needed: 2, one for each column of the header\n"
          "3@4 a=1 b=2\n");
    CHECK(rows_of("r.csv", "a,b,a\n1,2,3\n") ==
          "!1: column 3 is called 'a' as another one is; each column needs a name of its own\n");
    CHECK(rows_of("r.csv", "a,,b\n1,2,3\n") == "!1: column 2 has no name; needed: the name of a variable\n");
    CHECK(rows_of("r.csv", "") == "!1: the file is empty; needed: a first line with the names of the columns\n");
    CHECK(rows_of("r.csv", "a\n\"open\n") == "!2:1: the quote that begins here has no end\n");
    CHECK(rows_of("r.csv", "a\n\xFF\nfine\n").find("2@3 a=fine") != std::string::npos);
}

TEST_CASE("JSON lines: numbers are as they are written") {
    CHECK(
        rows_of("r.jsonl", "{\"a\":\"x\",\"n\":1e5,\"b\":true}\n\n { \"n\" : -0.10 , \"a\":\"\\u00e4}\\\",\" }\r\n") ==
        "1@1 a=x n=1e5 b=true\n2@3 n=-0.10 a=\xC3\xA4}\",\n");
    CHECK(rows_of("r.ndjson", "{}\n{\"k\\\"ey\":\"\\\\\",\"n\":12345678901234567}\n") ==
          "1@1\n2@2 k\"ey=\\ n=12345678901234567\n");
}

TEST_CASE("JSON lines: what is wrong") {
    const auto first = [](const std::string& text) { return rows_of("r.jsonl", text); };
    CHECK(first("{\"a\":null}\n").find("!1: \"a\" is null") == 0);
    CHECK(first("{\"a\":[1]}\n{\"a\":\"fine\"}\n").find("\n2@2 a=fine") != std::string::npos);
    CHECK(first("{\"a\":{\"b\":1}}\n").find("allowed: a text, a number, true or false") != std::string::npos);
    CHECK(first("[1]\n").find("needed: a JSON object on each line") != std::string::npos);
    CHECK(first("{\"a\":1,\"a\":2}\n").find("!1:") == 0);
    CHECK(first("{\"a\":\n1}\n").find("!1:") == 0);
    CHECK(first("{\"a\":\"\\u0000\"}\n").find("holds a NUL character") != std::string::npos);
    CHECK(first("{\"a\":\"\xFF\"}\n").find("!1:") == 0);
}

TEST_CASE("files that can be no manifest") {
    const TempDir dir;
    CHECK(refusal(dir.write("rows.txt", "a\n")).find("no ending that tells its format") != std::string::npos);
    CHECK(refusal(dir.write("rows.csv.gz", "a\n")).find("no ending") != std::string::npos);
    CHECK(refusal(dir / "none.csv").find("No such file") != std::string::npos);
    std::filesystem::create_directory(dir / "d.csv");
    CHECK(refusal(dir / "d.csv").find("is a folder") != std::string::npos);
    REQUIRE(::mkfifo((dir / "pipe.csv").c_str(), 0600) == 0);
    CHECK(refusal(dir / "pipe.csv").find("is no regular file, and a batch reads it twice") != std::string::npos);
}

TEST_CASE("passes are independent, and a change of the file is seen") {
    const TempDir dir;
    const auto path = dir.write("r.csv", "a\n1\n2\n");
    const auto opened = Manifest::open(path);
    const auto& manifest = *std::get<std::unique_ptr<Manifest>>(opened);
    const auto one = manifest.pass();
    const auto two = manifest.pass();
    ManifestRow row;
    REQUIRE(one->next(row) == Manifest::Pass::Next::row);
    REQUIRE(one->next(row) == Manifest::Pass::Next::row);
    CHECK(row.number == 2);
    REQUIRE(two->next(row) == Manifest::Pass::Next::row);
    CHECK(row.number == 1);
    CHECK(manifest.unchanged());
    std::ofstream(path, std::ios::app) << "3\n";
    CHECK_FALSE(manifest.unchanged());
}
