#include "verify/receipts_reader.hpp"

#include "recording_log.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <sys/stat.h>

namespace ferry::test {
namespace {

std::string line(const std::string& path, const std::string& id, const std::string& seconds = "0.5") {
    return R"({"path":")" + path + R"(","name":"n","id":")" + id + R"(","size":3,"seconds":)" + seconds + "}";
}

struct ReceiptsFixture {
    TempDir dir;
    RecordingLog log;
    CancelToken cancel;
    VerifyList list;

    Result<std::uint64_t> read(const std::string& content) {
        dir.write("r", content);
        list = VerifyList();
        return read_receipts((dir / "r").string(), list, log, cancel);
    }
    std::string ids() const {
        std::string text;
        for (std::size_t i = 0; i < list.size(); ++i)
            text += (i == 0 ? "" : " ") + list.at(i)->id;
        return text;
    }
    bool told(const std::string& text) const {
        return log.contains(LogLevel::error, (dir / "r").string() + ", line " + text);
    }
};

} // namespace

TEST_CASE("each file of the receipts, the last line of each, with empty lines and a last one without its end") {
    ReceiptsFixture f;
    const auto bad = f.read(line("/a", "1") + "\n\n" + line("/b", "2") + "\r\n" + line("/a", "3"));
    REQUIRE(bad.ok());
    CHECK(*bad == 0);
    CHECK(f.ids() == "2 3");
    CHECK(f.log.contains(LogLevel::info, "the last upload counts: 1 earlier receipt left out"));
    CHECK(f.read("").ok());
    CHECK(f.list.size() == 0);
    CHECK(f.log.count(LogLevel::error) == 0);
}

TEST_CASE("lines that cannot be used are told with their number and what is wrong, and the others are read") {
    ReceiptsFixture f;
    const auto bad = f.read(line("/a", "1") + "\n{\"path\":\n[]\n" + line("/b", "") + "\n" +
                            std::string(2u << 20, 'x') + "\n" + line("/c", "3") + "\nname,id");
    REQUIRE(bad.ok());
    CHECK(*bad == 5);
    CHECK(f.ids() == "1 3");
    CHECK(f.told("2: column 9 is no JSON: "));
    CHECK(f.told("3: it is no JSON object; its file is not compared"));
    CHECK(f.told("4: its \"id\" is no id of a file on the platform"));
    CHECK(f.told("5: is longer than 1 MiB"));
    CHECK(f.told("7: column 1 is no JSON: "));
}

TEST_CASE("a line that was cut off is forgiven if it is there whole further down, and only then") {
    ReceiptsFixture f;
    const std::string whole = line("/a", "1");
    const std::string cut = whole.substr(0, whole.find("\"size\""));
    CHECK(*f.read(cut + "\n" + whole + "\n") == 0);
    CHECK(*f.read(line("/a", "1", "0.4").substr(0, whole.size() - 2) + "\n" + whole + "\n") == 0);
    CHECK(f.log.count(LogLevel::error) == 0);
    CHECK(f.ids() == "1");
    CHECK(*f.read(cut + "\n" + line("/b", "2") + "\n") == 1);
    CHECK(*f.read(whole + "\n" + cut) == 1);                   // that upload may be a later one
    CHECK(*f.read("{\"path\":\"/\n" + whole + "\n") == 1);     // it may be any file's
    CHECK(*f.read("{\"path\":\"/a\",\n" + whole + "\n") == 1); // the same
}

TEST_CASE("of many bad lines the first hundred are told, and all are counted") {
    ReceiptsFixture f;
    std::string text;
    for (int i = 0; i < 250; ++i)
        text += "nonsense\n";
    CHECK(*f.read(text) == 250);
    CHECK(f.log.count(LogLevel::error) == 101);
    CHECK(f.log.contains(LogLevel::error, "and 150 more lines that cannot be used"));
}

TEST_CASE("receipts that are no file are an error that names them") {
    ReceiptsFixture f;
    const auto none = read_receipts((f.dir / "none").string(), f.list, f.log, f.cancel);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().kind == ErrorKind::not_found);
    CHECK(none.error().message.find((f.dir / "none").string()) != std::string::npos);
    REQUIRE(::mkfifo((f.dir / "fifo").c_str(), 0600) == 0);
    for (const auto& path : {f.dir.path(), f.dir / "fifo"}) {
        const auto odd = read_receipts(path.string(), f.list, f.log, f.cancel);
        REQUIRE_FALSE(odd.ok());
        CHECK(odd.error().kind == ErrorKind::invalid);
        CHECK(odd.error().message.find("is no regular file") != std::string::npos);
    }
    f.cancel.cancel();
    CHECK(f.read(line("/a", "1") + "\n").error().kind == ErrorKind::cancelled);
}

TEST_CASE("a path whose bytes JSON could not hold is found again") {
    TempDir dir;
    dir.write("a\xFF\x01z", "x");
    dir.write("b\\xFF", "x");
    CHECK(local_path("a\\xFF\\x01z", dir.path().string()) == (dir / "a\xFF\x01z").string());
    CHECK(local_path("b\\xFF", dir.path().string()) == (dir / "b\\xFF").string()); // is called so
    CHECK(local_path("c\\xFF", dir.path().string()) == (dir / "c\\xFF").string()); // is not there
    CHECK(local_path("/d/\\x", "/w") == "/d/\\x");
    CHECK(local_path("e", "/w") == "/w/e");
}

} // namespace ferry::test
