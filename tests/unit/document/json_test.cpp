#include "document/strict_json.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <doctest/doctest.h>

#include <limits>

namespace ferry {

namespace {

Poco::Dynamic::Var value_of(std::string_view text) {
    const JsonResult result = parse_json(text);
    if (const auto* error = std::get_if<JsonError>(&result))
        FAIL(error->message);
    return std::get<Poco::Dynamic::Var>(result);
}

JsonError error_of(std::string_view text, const JsonLimits& limits = {}) {
    const JsonResult result = parse_json(text, limits);
    REQUIRE_MESSAGE(std::holds_alternative<JsonError>(result), text);
    return std::get<JsonError>(result);
}

std::string round_trip(std::string_view text) {
    return to_json(value_of(text));
}

} // namespace

TEST_CASE("values keep their types and keys their order") {
    CHECK(round_trip(R"({"z":1,"a":[true,null,"x"],"m":{"k":-2.5}})") ==
          R"({"z":1,"a":[true,null,"x"],"m":{"k":-2.5}})");
    CHECK(value_of("{}").type() == typeid(Poco::JSON::Object::Ptr));
    CHECK(value_of(" [ ] ").type() == typeid(Poco::JSON::Array::Ptr));
    CHECK(value_of("\"1e5\"").extract<std::string>() == "1e5");
    CHECK(value_of("9223372036854775807").convert<Poco::Int64>() == std::numeric_limits<Poco::Int64>::max());
    CHECK(value_of("18446744073709551615").convert<Poco::UInt64>() == std::numeric_limits<Poco::UInt64>::max());
    CHECK(value_of("null").isEmpty());
    CHECK(value_of("true").extract<bool>());
}

TEST_CASE("a byte order mark and white space around the value are skipped") {
    CHECK(round_trip("\xEF\xBB\xBF \r\n{\"a\":1}\t") == R"({"a":1})");
}

TEST_CASE("texts come through unchanged, escapes and NUL included") {
    CHECK(value_of(R"("a\u0000b")").extract<std::string>() == std::string("a\0b", 3));
    CHECK(value_of(R"("\ud83d\ude00 \u00e9")").extract<std::string>() == "\xF0\x9F\x98\x80 \xC3\xA9");
    CHECK(round_trip(R"("line\nquote\" back\\ tab\t")") == R"("line\nquote\" back\\ tab\t")");
}

TEST_CASE("errors name line and column") {
    const JsonError error = error_of("{\n  \"a\": 1,\n  \"b\" 2\n}");
    CHECK(error.line == 3);
    CHECK(error.column == 7);
    CHECK(error_of("{\n \"a\": tru }").line == 2);
    CHECK(error_of("").message == "the text is empty");
    const char* comma = "this is not valid JSON: there is a comma too many before the bracket";
    for (const char* text : {"[1,]", "{\"a\": [1, 2,\n ]}", "{\"a\":1,}", "{\"a\":{\"b\":\"]\" , }}"})
        CHECK_MESSAGE(error_of(text).message == comma, text);
    for (const char* text : {"[,1]", "[1 2]", "{\"a\" 1}", "[\",]\" 1]"})
        CHECK_MESSAGE(error_of(text).message != comma, text);
    CHECK(error_of("[1, 2").message == "the text ends before the JSON value does");
    CHECK(error_of("{} x").column == 4);
    CHECK(error_of("{\"a\": [1}").message == "a ']' has to come before this '}'");
    CHECK(error_of("{\"a\": [1}").column == 9);
}

TEST_CASE("what POCO would accept or crash on is refused") {
    CHECK(error_of(R"({"a":1,"a":2})").message == "the key \"a\" appears twice in one object");
    CHECK(error_of(R"({"a":1,"a":2})").column == 8);
    CHECK(error_of("{\"\\\"x\\\\\":1,\n \"\\\"x\\\\\" :2}").line == 2);
    CHECK(error_of("{\"\\\"x\\\\\":1,\n \"\\\"x\\\\\" :2}").column == 2);
    CHECK(error_of(std::string(100'000, '[')).message == "nested deeper than 64 levels");
    CHECK(error_of("[[[1]]]", {.depth = 2}).message == "nested deeper than 2 levels");
    CHECK(error_of("{\"n\": 123456789012345678901}").message == "this number is too large");
    CHECK(error_of("[1e999]").message == "this number is too large");
    CHECK(error_of("[\"\xFF\"]").column == 3);
    CHECK(error_of("[\"a\nb\"]").line == 1);
    CHECK(error_of("[1] [2]").message == "unexpected text behind the JSON value");
    CHECK(error_of(R"({"a\\u0000":1, "task\u0000x" : 2})").column == 21);
    CHECK(error_of(R"({"a\u0000":1})").message == "a zero byte in a key");
    CHECK(error_of("12345", {.bytes = 4}).message == "longer than 4 bytes");
    for (const char* text : {"{",  "}",  "[1,]", "{\"a\":}", "{\"a\"}",    "{a:1}", "'x'",  "\"open", "[1 2]",    "-",
                             "01", "+1", ",",    "[,1]",     "{\"a\":1,}", "nul",   "True", "[1}",    "// c\n{}", "\\"})
        error_of(text);
}

TEST_CASE("equal keys in different objects are fine") {
    CHECK(round_trip(R"([{"a":{"a":1}},{"a":2}])") == R"([{"a":{"a":1}},{"a":2}])");
}

} // namespace ferry
