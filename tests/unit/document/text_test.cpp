#include "document/strict_json.hpp"
#include "document/text.hpp"

#include <Poco/JSON/Array.h>

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace ferry {

TEST_CASE("JSON that steers no terminal, and is the same value") {
    const std::string hostile = "\x7F \xC2\x9B"
                                "31m \xE2\x80\xAE \xEF\xBB\xBF \xC3\xA4 \xF0\x9F\x98\x80";
    const std::string json = to_json(Poco::Dynamic::Var(hostile));
    CHECK(quiet_json(json) == "\"\\u007F \\u009B31m \\u202E \\uFEFF \xC3\xA4 \xF0\x9F\x98\x80\"");
    CHECK(std::get<Poco::Dynamic::Var>(parse_json("[" + quiet_json(json) + "]"))
              .extract<Poco::JSON::Array::Ptr>()
              ->getElement<std::string>(0) == hostile);
    CHECK(quiet_json("{\n\t\"a\": [1]}\n") == "{\n\t\"a\": [1]}\n");
    CHECK(quiet_json("\x80\xFF") == "\x80\xFF");
}

TEST_CASE("printable leaves plain text and UTF-8 alone") {
    CHECK(printable("sample 1 (über).bam \xE6\x96\x87") == "sample 1 (über).bam \xE6\x96\x87");
    CHECK(printable("") == "");
}

TEST_CASE("printable escapes what could steer a terminal") {
    CHECK(printable("a\x1b[2Jb\n\r\t") == "a\\x1B[2Jb\\x0A\\x0D\\x09");
    CHECK(printable(std::string("\0\x7f", 2)) == "\\x00\\x7F");
    CHECK(printable("\xC2\x9B") == "\\u{009B}");             // C1 control sequence introducer
    CHECK(printable("x\xE2\x80\xAEgpj") == "x\\u{202E}gpj"); // right-to-left override
    CHECK(printable("\xFF\xC0\xAF") == "\\xFF\\xC0\\xAF");
}

TEST_CASE("printable cuts long text at a character's edge") {
    CHECK(printable("abcdef", 6) == "abcdef");
    CHECK(printable("abcdefg", 6) == "abc...");
    CHECK(printable("ab\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 7) == "ab\xC3\xA9...");
}

TEST_CASE("is_utf8 refuses overlong forms, surrogates and cut sequences") {
    CHECK(is_utf8("\xF0\x9F\x98\x80"));
    for (const char* text : {"\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80"})
        CHECK_FALSE(is_utf8(text));
}

TEST_CASE("nearest finds typos and nothing else") {
    const std::array<std::string, 3> known{"project", "parallel_parts", "part_size"};
    CHECK(nearest("projekt", known) == "project");
    CHECK(nearest("paralel_parts", known) == "parallel_parts");
    CHECK(nearest("partsize", known) == "part_size");
    CHECK(nearest("porject", known) == "project");
    CHECK(nearest("banana", known) == "");
    CHECK(nearest(std::string(100'000, 'p'), known) == "");
}

} // namespace ferry
