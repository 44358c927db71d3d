#include "base/record_spool.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

// TMPDIR for the time of a test.
class SpoolFolder {
  public:
    explicit SpoolFolder(const std::string& folder) {
        if (const char* value = std::getenv("TMPDIR"))
            before_ = value;
        ::setenv("TMPDIR", folder.c_str(), 1);
    }
    ~SpoolFolder() { before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR"); }
    SpoolFolder(const SpoolFolder&) = delete;
    SpoolFolder& operator=(const SpoolFolder&) = delete;

  private:
    std::optional<std::string> before_;
};

std::string record(std::size_t number) {
    return std::to_string(number) + std::string(number % 37, 'x');
}

} // namespace

TEST_CASE("records come back as they went in, from memory and from disk") {
    const TempDir dir;
    const SpoolFolder folder(dir.path().string());
    for (const std::size_t memory : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{1} << 20}) {
        CAPTURE(memory);
        RecordSpool spool(memory);
        std::vector<std::uint64_t> places;
        for (std::size_t i = 0; i < 500; ++i) {
            const auto place = spool.add(record(i));
            REQUIRE(place.ok());
            places.push_back(*place);
            const auto back = spool.at(places[i / 2]); // reading between writing
            REQUIRE(back.ok());
            CHECK(back->record == record(i / 2));
        }
        RecordSpool moved = std::move(spool);
        std::uint64_t place = 0;
        for (std::size_t i = 0; i < 500; ++i) {
            const auto found = moved.at(place);
            REQUIRE(found.ok());
            CHECK(found->record == record(i));
            CHECK(place == places[i]);
            place = found->next;
        }
        CHECK(place == moved.end());
        CHECK(std::filesystem::is_empty(dir.path())); // nothing has a name there
    }
}

TEST_CASE("a place where no record lies is an error") {
    RecordSpool spool;
    CHECK_FALSE(spool.at(0).ok());
    REQUIRE(spool.add("abc").ok());
    CHECK_FALSE(spool.at(1).ok());
    CHECK_FALSE(spool.at(spool.end()).ok());
    CHECK_FALSE(spool.at(~std::uint64_t{0}).ok());
}

TEST_CASE("a folder that takes no file is named, with the remedy") {
    const TempDir dir;
    const SpoolFolder folder((dir / "none").string());
    RecordSpool spool(3);
    const auto added = spool.add("abcdef");
    REQUIRE_FALSE(added.ok());
    CHECK(added.error().kind == ErrorKind::io);
    CHECK(added.error().message.find((dir / "none").string()) != std::string::npos);
    CHECK(added.error().message.find("set TMPDIR to another folder") != std::string::npos);
}

TEST_CASE("fields of a record: any bytes, and nothing beyond the end") {
    const std::string bytes("\0\n\xff", 3);
    const std::string record = RecordWriter().number(~std::uint64_t{0}).text(bytes).text("").record();
    RecordReader reader(record);
    CHECK(reader.number() == ~std::uint64_t{0});
    CHECK(reader.text() == bytes);
    CHECK(reader.text().empty());
    CHECK(reader.ok());
    CHECK(reader.number() == 0);
    CHECK_FALSE(reader.ok());
    for (std::size_t cut = 0; cut < record.size(); ++cut) {
        RecordReader torn(std::string_view(record).substr(0, cut));
        torn.number();
        torn.text();
        torn.text();
        CHECK_FALSE(torn.ok());
    }
}

} // namespace ferry::test
