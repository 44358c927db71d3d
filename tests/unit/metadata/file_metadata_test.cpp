#include "metadata/file_metadata.hpp"

#include "document/strict_json.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

namespace ferry::test {
namespace {

std::optional<std::string> text_of(const std::string& json) {
    return metadata_text(std::get<Poco::Dynamic::Var>(parse_json(json)));
}

} // namespace

TEST_CASE("the stronger one keeps its pairs and its tags, and takes what it lacks") {
    FileMetadata own{.pairs = {{"a", "own"}}, .tags = {}};
    fill_in(own, {.pairs = {{"a", "x"}, {"b", "weak"}}, .tags = std::vector<std::string>{"t"}});
    CHECK(own.pairs == std::map<std::string, std::string>{{"a", "own"}, {"b", "weak"}});
    CHECK(own.tags == std::vector<std::string>{"t"});
    FileMetadata none{.pairs = {}, .tags = std::vector<std::string>{}}; // has said that it wants none
    fill_in(none, {.pairs = {}, .tags = std::vector<std::string>{"t"}});
    CHECK(none.empty());
}

TEST_CASE("limits are bytes: 100 of a key, 300 of a value, and no . or $ in a key") {
    CHECK(metadata_key_problem(std::string(100, 'k')).empty());
    CHECK(metadata_key_problem("Größe (µm)").empty());
    CHECK(metadata_key_problem(std::string(101, 'k')) == "a key of 101 bytes; the platform takes at most 100");
    CHECK(metadata_key_problem("a.b").find("'.'") != std::string::npos);
    CHECK(metadata_key_problem("$a").find("'$'") != std::string::npos);
    CHECK(metadata_key_problem("") == "a key cannot be empty");
    CHECK_FALSE(metadata_key_problem("\xFF").empty());
    CHECK(metadata_value_problem(std::string(300, 'v')).empty());
    CHECK(metadata_value_problem("").empty());
    std::string umlauts;
    for (int i = 0; i < 151; ++i)
        umlauts += "ä";
    CHECK(metadata_value_problem(umlauts) == "a value of 302 bytes; the platform takes at most 300");
    CHECK_FALSE(metadata_value_problem("\xFF").empty());
}

TEST_CASE("numbers and truth values become texts, and nothing else does") {
    CHECK(text_of("\"007\"") == "007");
    CHECK(text_of("7") == "7");
    CHECK(text_of("-1.5") == "-1.5");
    CHECK(text_of("9007199254740993") == "9007199254740993");
    CHECK(text_of("true") == "true");
    CHECK(text_of("false") == "false");
    for (const char* other : {"null", "[]", "{}", "[1]"})
        CHECK_FALSE(text_of(other));
}

TEST_CASE("what is packed comes back, and nothing is nothing") {
    const FileMetadata some{.pairs = {{"k", ""}, {"a", "x\ny"}}, .tags = std::vector<std::string>{"b", "a"}};
    const auto back = unpacked(packed(some));
    REQUIRE(back);
    CHECK(back->pairs == some.pairs);
    CHECK(back->tags == some.tags);
    CHECK(packed({}).empty());
    CHECK(packed({.pairs = {}, .tags = std::vector<std::string>{}}).empty());
    CHECK(unpacked("")->empty());
    const std::string bytes = packed(some);
    for (std::size_t size = 1; size < bytes.size(); ++size)
        CHECK_FALSE(unpacked(std::string_view(bytes).substr(0, size)));
}

TEST_CASE("digests differ where metadata or tags do") {
    const FileMetadata a{.pairs = {{"k", "v"}}, .tags = {}};
    const FileMetadata b{.pairs = {{"k", "w"}}, .tags = {}};
    const FileMetadata c{.pairs = {{"k", "v"}}, .tags = std::vector<std::string>{"t"}};
    CHECK(digest_of({}).empty());
    CHECK(digest_of(a) == digest_of({.pairs = {{"k", "v"}}, .tags = std::vector<std::string>{}}));
    CHECK(digest_of(a) != digest_of(b));
    CHECK(digest_of(a) != digest_of(c));
}

TEST_CASE("a summary names the first few, and is fit to print") {
    CHECK(summary_of({.pairs = {{"a", "1"}, {"b\n", "2"}}, .tags = {}}) == "metadata a, b\\x0A");
    CHECK(summary_of({.pairs = {}, .tags = std::vector<std::string>{"x", "y", "z", "u"}}) == "tags x, y, z and 1 more");
    CHECK(summary_of({.pairs = {{"a", ""}}, .tags = std::vector<std::string>{"x"}}) == "metadata a, tags x");
}

} // namespace ferry::test
