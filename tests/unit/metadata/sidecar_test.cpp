#include "metadata/sidecar.hpp"

#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace ferry::test {
namespace {

struct Beside {
    TempDir dir;
    std::vector<std::string> warnings;

    FileMetadata read() {
        return read_sidecar((dir / "a").string(), [this](std::string text) { warnings.push_back(std::move(text)); });
    }
    FileMetadata read(const std::string& content) {
        dir.write("a.meta", content);
        return read();
    }
};

} // namespace

TEST_CASE("the pairs of FILE.meta, and no word where there is none") {
    Beside beside;
    CHECK(beside.read().empty());
    const FileMetadata found = beside.read(R"({"a":"x","n":7,"f":false,"none":null})");
    CHECK(found.pairs == std::map<std::string, std::string>{{"a", "x"}, {"n", "7"}, {"f", "false"}});
    CHECK_FALSE(found.tags);
    CHECK(beside.warnings.empty());
}

TEST_CASE("what is no JSON object is told with its place, and left out as a whole") {
    for (const char* content : {"", "{", "{\"a\":1,}", "[]", "\"a\"", "{\"a\":1,\"a\":2}", "\xFF"}) {
        CAPTURE(content);
        Beside beside;
        CHECK(beside.read(content).empty());
        REQUIRE(beside.warnings.size() == 1);
        CHECK(beside.warnings[0].find("a.meta: ") != std::string::npos);
        CHECK(beside.warnings[0].ends_with("; the file goes without it"));
    }
}

TEST_CASE("single pairs that cannot be used are left out, each with its key") {
    Beside beside;
    const FileMetadata found =
        beside.read(R"({"good":"x","a.b":"x","list":[1],"long":")" + std::string(301, 'v') + "\"}");
    CHECK(found.pairs == std::map<std::string, std::string>{{"good", "x"}});
    REQUIRE(beside.warnings.size() == 3);
    CHECK(beside.warnings[0].find("'a.b' is left out: the platform takes no '.'") != std::string::npos);
    CHECK(beside.warnings[1].find("'list' is left out: is no text, number or truth value") != std::string::npos);
    CHECK(beside.warnings[2].find("'long' is left out: a value of 301 bytes") != std::string::npos);
}

TEST_CASE("too many pairs, or too many bytes, are left out as a whole") {
    Beside beside;
    std::string many;
    for (int i = 0; i < 1'001; ++i)
        many += (many.empty() ? "\"" : ",\"") + std::to_string(i) + "\":1";
    CHECK(beside.read("{" + many + "}").empty());
    REQUIRE(beside.warnings.size() == 1);
    CHECK(beside.warnings[0].find("1001 pairs of metadata; the platform takes at most 1000") != std::string::npos);
    CHECK(beside.read("{" + std::string(5u << 20u, ' ') + "}").empty());
    CHECK(beside.warnings.size() == 2);
}

TEST_CASE("a FIFO is not waited for, and a folder of that name is none of ours") {
    Beside beside;
    REQUIRE(::mkfifo((beside.dir / "a.meta").c_str(), 0600) == 0);
    CHECK(beside.read().empty());
    CHECK(beside.warnings.size() == 1);
    std::filesystem::remove(beside.dir / "a.meta");
    std::filesystem::create_directory(beside.dir / "a.meta");
    CHECK(beside.read().empty());
    CHECK(beside.warnings.size() == 1);
}

} // namespace ferry::test
