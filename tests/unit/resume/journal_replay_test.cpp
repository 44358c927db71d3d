#include "resume/journal_replay.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace ferry::test {
namespace {

using namespace journal;

Begun begun(std::uint32_t file, std::string name) {
    return {.file = file, .name = std::move(name), .path = "/d/x", .source = {100, 1, 2}, .at = WallTime(Duration(5))};
}
Opened opened(std::uint32_t file, std::string id) {
    return {.file = file, .upload_id = std::move(id), .part_size = 10};
}
PartStored part(std::uint32_t file, std::uint32_t number) {
    return {.file = file, .report = {number, {{"ETag", "e"}}}, .size = 10, .md5 = {}};
}

JournalReplay replay(std::initializer_list<Record> records) {
    JournalReplay journal;
    journal.line(to_line(Header{}).substr(0, to_line(Header{}).size() - 1));
    for (const Record& record : records) {
        const std::string line = to_line(record);
        journal.line(std::string_view(line).substr(0, line.size() - 1));
    }
    return journal;
}

SavedFile only(JournalReplay journal, const std::string& name) {
    auto files = journal.take();
    REQUIRE(files.contains(name));
    return files[name];
}

} // namespace

TEST_CASE("what has been set on a file that is done is known, and survives being written anew") {
    const Done done{.file = 0, .id = "f"};
    CHECK(only(replay({begun(0, "a"), opened(0, "U"), done}), "a").done->described.empty());
    CHECK_FALSE(only(replay({begun(0, "a"), opened(0, "U"), Described{0, "d"}}), "a").done); // of nothing
    const SavedFile file =
        only(replay({begun(0, "a"), opened(0, "U"), done, Described{0, "d"}, Described{0, "e"}}), "a");
    CHECK(file.done->described == "e");
    CHECK(to_lines(file, 5).find(R"("described":"e")") != std::string::npos);
}

TEST_CASE("lines add up to what is open, stored and done") {
    SavedFile file = only(replay({begun(0, "a")}), "a");
    CHECK(file.begun);
    CHECK(file.pending());
    CHECK_FALSE(file.open());

    file = only(replay({begun(0, "a"), opened(0, "U"), part(0, 2), part(0, 1), part(0, 2)}), "a");
    CHECK_FALSE(file.begun);
    CHECK(file.upload_id == "U");
    CHECK(file.parts.size() == 2);

    file = only(replay({begun(0, "a"), opened(0, "U"), part(0, 1), Completing{0, WallTime(Duration(7))},
                        Completing{0, WallTime(Duration(9))}}),
                "a");
    CHECK(*file.completing_at == WallTime(Duration(7))); // the first try is the one that may have worked

    file = only(replay({begun(0, "a"), opened(0, "U"), part(0, 1), Done{.file = 0, .id = "f"}}), "a");
    CHECK(file.done->id == "f");
    CHECK_FALSE(file.pending());
    CHECK(file.parts.empty());

    CHECK(replay({begun(0, "a"), opened(0, "U"), Dropped{0}}).take().empty());
    file = only(replay({begun(0, "a"), opened(0, "U"), part(0, 1), part(0, 2), PartLost{0, 1}}), "a");
    CHECK(file.parts.size() == 1);
    CHECK(file.parts.contains(2));
}

TEST_CASE("an upload begun anew has none of the old one's parts") {
    const SavedFile file =
        only(replay({begun(0, "a"), opened(0, "U1"), part(0, 1), begun(0, "a"), opened(0, "U2"), part(0, 3)}), "a");
    CHECK(file.upload_id == "U2");
    CHECK(file.parts.size() == 1);
    CHECK(file.parts.contains(3));
}

TEST_CASE("what contradicts the lines before it is left out") {
    CHECK(replay({opened(0, "U"), part(0, 1), Done{.file = 0, .id = "f"}}).take().empty());
    CHECK(only(replay({begun(0, "a"), part(0, 1)}), "a").parts.empty());
    CHECK(only(replay({begun(0, "a"), opened(0, "U"), part(0, 10'001)}), "a").parts.empty());
    const SavedFile done =
        only(replay({begun(0, "a"), opened(0, "U"), Done{.file = 0, .id = "f"}, opened(0, "V"), Dropped{0}}), "a");
    CHECK(done.upload_id == "U");
    CHECK(done.done);
    const SavedFile behind = only(replay({begun(0, "a"), opened(0, "U"), Done{.file = 0, .id = "f"}, part(0, 1),
                                          Completing{.file = 0, .at = {}}}),
                                  "a");
    CHECK(behind.parts.empty());
    CHECK_FALSE(behind.completing_at);
    CHECK(only(replay({begun(0, "a"), begun(1, "a"), opened(1, "V")}), "a").upload_id == "V");
}

TEST_CASE("a file's lines give the same file again") {
    auto file = only(
        replay({begun(0, "a"), opened(0, "U"), part(0, 1), part(0, 2), Completing{0, WallTime(Duration(7))}}), "a");
    const std::string lines = to_lines(file, 5);
    JournalReplay journal;
    journal.line(std::string_view(to_line(Header{})).substr(0, to_line(Header{}).size() - 1));
    std::size_t begin = 0;
    for (std::size_t end = lines.find('\n'); end != std::string::npos; end = lines.find('\n', begin)) {
        journal.line(std::string_view(lines).substr(begin, end - begin));
        begin = end + 1;
    }
    CHECK(to_lines(only(std::move(journal), "a"), 5) == lines);
}

TEST_CASE("the first line decides whose file it is; damaged lines behind it are counted and left out") {
    JournalReplay empty;
    CHECK(empty.format() == JournalFormat::empty);
    JournalReplay foreign;
    foreign.line("#!/bin/sh");
    foreign.line("x");
    CHECK(foreign.format() == JournalFormat::foreign);
    JournalReplay later;
    later.line("92f0c2d8 {\"r\":\"ferry-journal\",\"version\":2}");
    CHECK(later.format() == JournalFormat::foreign); // its checksum is wrong
    Header header;
    header.version = 2;
    JournalReplay other;
    const std::string line = to_line(header);
    other.line(std::string_view(line).substr(0, line.size() - 1));
    CHECK(other.format() == JournalFormat::other_version);
    CHECK(other.other_version() == 2);

    JournalReplay damaged = replay({begun(0, "a")});
    damaged.line("garbage");
    damaged.line("");
    const std::string more = to_line(opened(0, "U"));
    damaged.line(std::string_view(more).substr(0, more.size() - 1));
    CHECK(damaged.damaged() == 2);
    CHECK(only(std::move(damaged), "a").upload_id == "U");
}

} // namespace ferry::test
