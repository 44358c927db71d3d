#include "resume/journal_record.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

WallTime at(std::int64_t ms) {
    return WallTime(Duration(ms));
}

std::vector<journal::Record> one_of_each() {
    journal::PartStored part{.file = 3, .report = {7, {{"ETag", "aa\"b"}, {"x-amz-v", ""}}}, .size = 10, .md5 = {}};
    part.md5 = md5_from_hex("900150983cd24fb0d6963f7d28e17f72");
    part.verified = true;
    return {
        journal::Header{.endpoint = "https://api/v2", .project = "me/p", .parent = {}},
        journal::Begun{.file = 3, .name = "ä\n.bam", .path = "/d/a", .source = {5, -7, 9}, .at = at(11)},
        journal::Begun{.file = 4, .name = "x/a.bam", .path = "/d/a", .source = {1, 2, 3}, .at = at(1), .as = "a_1.bam"},
        journal::Opened{.file = 3, .upload_id = "U1", .part_size = 1u << 20, .parallel = false},
        part,
        journal::PartLost{3, 7},
        journal::Completing{3, at(12)},
        journal::Completing{3, at(12), "old-file"},
        journal::Done{.file = 3, .id = "f1", .name = "n", .project = "p", .parent = "q", .etag = "e-2"},
        journal::Done{.file = 3, .id = "f1", .described = "d1"},
        journal::Described{3, "d1"},
        journal::Dropped{3}};
}

} // namespace

TEST_CASE("every record comes back from its line") {
    for (const journal::Record& record : one_of_each()) {
        const std::string line = journal::to_line(record);
        CAPTURE(line);
        CHECK(line.find('\n') == line.size() - 1);
        const auto read = journal::from_line(std::string_view(line).substr(0, line.size() - 1));
        REQUIRE(read);
        CHECK(read->index() == record.index());
        CHECK(journal::to_line(*read) == line);
    }
}

TEST_CASE("a line with any byte changed, cut or added is no record") {
    for (const journal::Record& record : one_of_each()) {
        const std::string text = journal::to_line(record);
        const std::string line = text.substr(0, text.size() - 1);
        CAPTURE(line);
        for (std::size_t i = 0; i < line.size(); ++i) {
            std::string other = line;
            other[i] = static_cast<char>(other[i] ^ 1);
            CHECK_FALSE(journal::from_line(other));
            CHECK_FALSE(journal::from_line(line.substr(0, i)));
        }
        CHECK_FALSE(journal::from_line(line + " "));
    }
    CHECK_FALSE(journal::from_line(""));
    CHECK_FALSE(journal::from_line("00000000 "));
}

TEST_CASE("a source's path that is no UTF-8 is kept encoded") {
    CHECK(source_path("/d/ä b") == "/d/ä b");
    CHECK(source_path("/d/\xff") == "%2Fd%2F%FF");
}

TEST_CASE("an MD5 is 32 hex digits") {
    CHECK(to_hex(*md5_from_hex("900150983CD24FB0d6963f7d28e17f72")) == "900150983cd24fb0d6963f7d28e17f72");
    for (const char* wrong : {"", "9001", "900150983cd24fb0d6963f7d28e17f7g", "-00150983cd24fb0d6963f7d28e17f72",
                              "900150983cd24fb0d6963f7d28e17f7200"})
        CHECK_FALSE(md5_from_hex(wrong));
}

} // namespace ferry::test
