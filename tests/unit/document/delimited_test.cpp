#include "document/delimited.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

using namespace ferry;

namespace {

// The text, at most `piece` bytes at a time.
ByteSource source_of(std::string text, std::size_t piece = 65536) {
    auto rest = std::make_shared<std::string>(std::move(text));
    return [rest, piece](char* buffer, std::size_t size) {
        const std::size_t count = std::min({piece, size, rest->size()});
        std::memcpy(buffer, rest->data(), count);
        rest->erase(0, count);
        return static_cast<std::ptrdiff_t>(count);
    };
}

// "1:a|b 2:c|d", with a problem as "!line:column message".
std::string rows_of(const std::string& text, DelimitedReader::Kind kind = DelimitedReader::Kind::csv,
                    std::size_t piece = 65536) {
    DelimitedReader reader(source_of(text, piece), kind);
    std::string told;
    std::vector<std::string> cells;
    for (auto next = reader.next(cells); next != DelimitedReader::Next::end; next = reader.next(cells)) {
        told += told.empty() ? "" : " ";
        if (next == DelimitedReader::Next::problem) {
            const TextProblem& problem = reader.problem();
            told += "!" + std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " +
                    problem.message.substr(0, 12);
            continue;
        }
        told += std::to_string(reader.line()) + ":";
        for (std::size_t i = 0; i < cells.size(); ++i)
            told += (i ? "|" : "") + cells[i];
    }
    return told;
}

} // namespace

TEST_CASE("CSV as RFC 4180 says, however the bytes arrive") {
    for (const std::size_t piece : {1u, 2u, 3u, 65536u}) {
        CAPTURE(piece);
        const auto rows = [&](const std::string& text) { return rows_of(text, DelimitedReader::Kind::csv, piece); };
        CHECK(rows("") == "");
        CHECK(rows("a,b\n1,2\n") == "1:a|b 2:1|2");
        CHECK(rows("a,b\r\n1,2") == "1:a|b 2:1|2");
        CHECK(rows("\xEF\xBB\xBF"
                   "a,b\n") == "1:a|b");
        CHECK(rows("\"x,y\",\"say \"\"hi\"\"\"\n") == "1:x,y|say \"hi\"");
        CHECK(rows("\"two\nlines\",z\nnext,row\n") == "1:two\nlines|z 3:next|row");
        CHECK(rows("\"two\r\nlines\"\r\n") == "1:two\r\nlines");
        CHECK(rows(",\n\"\",\"\"\n") == "1:| 2:|");
        CHECK(rows("a\n\n\r\nb\n\"\"\n") == "1:a 4:b 5:");
        CHECK(rows(" a , b\n") == "1: a | b");
        CHECK(rows("a\tb,\xC3\xA4\n") == "1:a\tb|\xC3\xA4");
    }
}

TEST_CASE("what is wrong with CSV is told by its place, and the next row is read") {
    CHECK(rows_of("a,b\"c\n1,2\n") == "!1:4 a quote insi 2:1|2");
    CHECK(rows_of("\"a\"b,c\n1,2\n") == "!1:4 text behind  2:1|2");
    CHECK(rows_of("\"a\" ,c\n1\n") == "!1:4 text behind  2:1");
    CHECK(rows_of("x\n1,\"open\nmore\n") == "1:x !2:3 the quote th");
    CHECK(rows_of("a\rb\nc\n") == "!1:2 a carriage r 2:c");
    CHECK(rows_of(std::string("a,b\0c\nd\n", 8)) == "!1:0 cell 2 holds 2:d");
    CHECK(rows_of("\xFF\xFE\nd\n") == "!1:0 cell 1 is no 2:d");
    CHECK(rows_of("a\n\r") == "1:a !2:1 a carriage r");
}

TEST_CASE("TSV: nothing is quoted") {
    const auto rows = [](const std::string& text) { return rows_of(text, DelimitedReader::Kind::tsv); };
    CHECK(rows("a\tb\r\n\"x\t,\"\n") == "1:a|b 2:\"x|,\"");
    CHECK(rows("\t\n") == "1:|");
    CHECK(rows("a\rb\t\n") == "!1:2 a carriage r");
}

TEST_CASE("rows without bounds are refused, not kept") {
    CHECK(rows_of("\"" + std::string(kLongestRow + 5, 'x') + "\"\nnext\n") == "!1:1 the row is l 2:next");
    CHECK(rows_of(std::string(kMostCells, ',') + "\nnext\n") == "!1:0 the row has  2:next");
}

TEST_CASE("a file that cannot be read to its end is no shorter file") {
    bool first = true;
    DelimitedReader reader(
        [&](char* buffer, std::size_t) -> std::ptrdiff_t {
            if (!std::exchange(first, false))
                return -1;
            std::memcpy(buffer, "a\nb,", 4);
            return 4;
        },
        DelimitedReader::Kind::csv);
    std::vector<std::string> cells;
    CHECK(reader.next(cells) == DelimitedReader::Next::row);
    CHECK(reader.next(cells) == DelimitedReader::Next::problem);
    CHECK(reader.problem().message == "the file cannot be read further");
    CHECK(reader.next(cells) == DelimitedReader::Next::end);
}

TEST_CASE("lines, whatever ends them") {
    ByteReader in(source_of("one\r\n\ntwo"));
    std::string line;
    REQUIRE(read_text_line(in, line));
    CHECK(line == "one");
    REQUIRE(read_text_line(in, line));
    CHECK(line.empty());
    REQUIRE(read_text_line(in, line));
    CHECK(line == "two");
    CHECK_FALSE(read_text_line(in, line));
}
