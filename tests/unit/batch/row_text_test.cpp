#include "batch/row_text.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

using namespace ferry;

namespace {

// What bash makes of the words.
std::string in_bash(const std::string& words) {
    const std::string command = "exec bash -c 'eval \"set -- $0\"; printf %s \"$1\"' \"$FERRY_WORDS\"";
    ::setenv("FERRY_WORDS", words.c_str(), 1);
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe);
    std::string out;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
        out.push_back(static_cast<char>(c));
    ::pclose(pipe);
    return out;
}

const std::vector<std::string> kHostile = {"",
                                           "plain-1.5_x",
                                           "a b",
                                           "$(rm -rf /)",
                                           "`id`",
                                           "; rm x",
                                           "it's",
                                           "two\nlines",
                                           "tab\there",
                                           "\x1B[31mred\x1B]0;t\x07",
                                           "\xC2\x9B"
                                           "5n",
                                           "\xE2\x80\xAE"
                                           "gpj",
                                           "back\\slash\n'",
                                           "*?[a]~",
                                           "-rf",
                                           "../../etc",
                                           "${vars.x}${env.HOME}$x",
                                           "\xC3\xA4\xE6\xBC\xA2",
                                           "cr\rend",
                                           "a=b=c",
                                           "\"dq\"",
                                           "#no comment",
                                           "{a,b}"};

RowValues values_of(const std::string& command) {
    const auto row = parse_row_command(command);
    REQUIRE(row);
    return row->values;
}

} // namespace

TEST_CASE("a word comes back whole, from bash and from here, and steers nothing on its way") {
    for (const std::string& word : kHostile) {
        const std::string quoted = shell_quoted(word);
        CAPTURE(quoted);
        for (const char c : quoted)
            CHECK(static_cast<unsigned char>(c) >= 0x20);
        CHECK(quoted.find("\xC2\x9B") == std::string::npos);
        CHECK(in_bash(quoted) == word);
        const auto words = shell_words(quoted + " end");
        REQUIRE(words);
        CHECK(*words == std::vector<std::string>{word, "end"});
    }
}

TEST_CASE("a row's command, in the order of its columns, and its values back") {
    const RowValues row = {{"sample", "a"}, {"lane", "1"}, {"note", "it's\n2 lines"}};
    const std::string command = row_command("w.json", row);
    CHECK(command == R"(ferry run w.json --var sample=a --var lane=1 --var $'note=it\'s\n2 lines')");
    CHECK(values_of(command) == row);
    CHECK(parse_row_command(row_command("a b.json", row))->workflow == "a b.json");
    CHECK(values_of(row_command("a b.json", {})) == RowValues());
    RowValues hostile;
    for (const std::string& word : kHostile)
        hostile.emplace_back("x", word);
    CHECK(values_of(row_command("w", hostile)) == hostile);
}

TEST_CASE("what is no command of a row says nothing") {
    for (const char* text :
         {"", "ferry", "ferry run", "sleep 1", "ferry run w.json --var", "ferry run w.json --var x",
          "ferry run w.json --foo x=1", "ferry run w.json --var 'x=1", "ferry run w.json --var $'x=\\",
          "ferry run w.json --var $'x=\\xZZ'", "ferry run w.json --var x=$(id)"})
        CHECK_FALSE(parse_row_command(text));
}

TEST_CASE("a row is known by its values, not by their order") {
    CHECK(row_hash({{"a", "1"}, {"b", "2"}}) == row_hash({{"b", "2"}, {"a", "1"}}));
    CHECK(row_hash({{"a", "1"}, {"b", "2"}}) != row_hash({{"a", "2"}, {"b", "1"}}));
    CHECK(row_hash({{"a", "1"}}) != row_hash({{"a", "1"}, {"b", ""}}));
    CHECK(row_hash({{"a", "xb"}, {"b", ""}}) != row_hash({{"a", "x"}, {"b", "b"}}));
    CHECK(row_hash({{"a", "1b1"}}) != row_hash({{"a", "1"}, {"b", "1"}}));
    CHECK(row_hash({{"a", "1"}}) == 0x916cacf2f3372eefULL); // joblogs of today are read tomorrow
}
