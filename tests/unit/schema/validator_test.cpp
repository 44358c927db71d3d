#include "schema_fixture.hpp"

#include "schemas.hpp"

#include <doctest/doctest.h>

using namespace ferry;
using namespace ferry::test;

TEST_CASE("problems say where, what was found, and what is allowed") {
    constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false, "required": ["files"],
      "properties": {
        "files": { "type": "array", "minItems": 1, "description": "what to send", "items": { "type": "string" } },
        "count": { "type": "integer", "minimum": 1, "maximum": 64, "description": "how many" },
        "mode": { "enum": ["fast", "safe"] },
        "only": { "const": "auto" },
        "short": { "type": "string", "minLength": 2, "maxLength": 4 },
        "ratio": { "type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5 }
      } })";
    CHECK(problems(kSchema, R"({"files":["a"],"count":8,"mode":"fast","only":"auto","short":"äöü","ratio":1.5})") ==
          "");
    CHECK(problems(kSchema, "{}") ==
          "\"files\" is missing; needed: an array of at least 1 items, each text (what to send)\n");
    CHECK(problems(kSchema, R"({"files":["a",7]})") == "/files/1: 7; allowed: text\n");
    CHECK(problems(kSchema, R"({"files":["a"],"count":"eight"})") ==
          "/count: \"eight\"; allowed: an integer from 1 to 64 (how many)\n");
    CHECK(problems(kSchema, R"({"files":["a"],"count":65})") ==
          "/count: 65; allowed: an integer from 1 to 64 (how many)\n");
    CHECK(problems(kSchema, R"({"files":["a"],"count":true})") ==
          "/count: true; allowed: an integer from 1 to 64 (how many)\n");
    CHECK(problems(kSchema, R"({"files":["a"],"mode":"slow"})") ==
          "/mode: \"slow\"; allowed: one of \"fast\" or \"safe\"\n");
    CHECK(problems(kSchema, R"({"files":["a"],"only":null})") == "/only: null; allowed: \"auto\"\n");
    CHECK(problems(kSchema, R"({"files":["a"],"short":"x"})") == "/short: \"x\"; allowed: text of 2 to 4 characters\n");
    CHECK(problems(kSchema, R"({"files":["a"],"ratio":0})").find("above 0, a multiple of 0.5") != std::string::npos);
    CHECK(problems(kSchema, R"({"files":["a"],"fils":1})") ==
          "/fils: unknown key \"fils\"; did you mean \"files\"? allowed keys: files, count, mode, only, short and "
          "ratio\n");
    CHECK(problems(kSchema, "[]").find("an array; allowed: an object with files") != std::string::npos);
}

TEST_CASE("all problems are told at once") {
    const std::string told = problems(
        schemas::upload(), R"({"files":[{"path":""}],"parallel_parts":0,"timeouts":{"x":1,"stall":true},"y":1})");
    for (const char* part : {"/files/0/path", "/parallel_parts", "/timeouts/x", "/timeouts/stall", "/y", "exactly one"})
        CHECK_MESSAGE(told.find(part) != std::string::npos, told);
}

TEST_CASE("where an array or object has to be, an example is told in the place of all that may stand in one") {
    const char* schema = R"({"properties":{"files":{"type":"array","items":{"type":"string"},"examples":[["a","b"]]},
                             "env":{"type":"object","examples":[{"A":"b"}]}}})";
    CHECK(problems(schema, R"({"files":"a"})") == "/files: \"a\"; needed: an array, such as [\"a\",\"b\"]\n");
    CHECK(problems(schema, R"({"env":7})") == "/env: 7; needed: an object, such as {\"A\":\"b\"}\n");
    const std::string broken = problems(schema, R"({"files":"[\"a\""})");
    CHECK(broken.find("; it is not valid JSON: ") != std::string::npos);
    CHECK(
        broken.ends_with("; needed: an array, such as [\"a\",\"b\"], between single quotes where a shell reads it\n"));
    // A text in a file that is JSON itself was put between quotes too many.
    CHECK(problems(schema, R"({"files":"[\"a\"]"})").find("not valid") == std::string::npos);
    CHECK(problems(schema, R"({"files":{}})").find("allowed: an array") != std::string::npos);
}

TEST_CASE("keys that hold slashes and tildes have the right pointer") {
    CHECK(problems(R"({"additionalProperties":{"type":"integer"}})", R"({"a/b~c":"x"})").starts_with("/a~1b~0c: "));
}

TEST_CASE("every keyword of draft 7 that says something is explained") {
    const auto refused = [](const char* schema, const char* instance) {
        CAPTURE(schema);
        const std::string told = problems(schema, instance);
        CHECK_FALSE(told.empty());
        CHECK(told.find("the schema does not allow") == std::string::npos);
    };
    refused(R"({"allOf":[{"type":"integer"},{"minimum":3}]})", "2");
    refused(R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", "true");
    refused(R"({"oneOf":[{"type":"integer"},{"minimum":3}]})", "4");
    refused(R"({"not":{"type":"integer"}})", "4");
    refused(R"({"if":{"type":"integer"},"then":{"minimum":3}})", "2");
    refused(R"({"if":{"type":"integer"},"then":{},"else":{"type":"null"}})", "true");
    refused(R"({"contains":{"const":1}})", "[2]");
    refused(R"({"uniqueItems":true})", "[1,2,1]");
    refused(R"({"maxItems":1})", "[1,2]");
    refused(R"({"maxProperties":1})", R"({"a":1,"b":2})");
    refused(R"({"minProperties":1})", "{}");
    refused(R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})");
    refused(R"({"patternProperties":{"^x":{"type":"integer"}}})", R"({"xa":"1"})");
    refused(R"({"patternProperties":{"^x":{}},"additionalProperties":false})", R"({"ya":"1"})");
    refused(R"({"dependencies":{"a":["b"]}})", R"({"a":1})");
    refused(R"({"dependencies":{"a":{"required":["b"]}}})", R"({"a":1})");
    refused(R"({"items":[{"type":"integer"}],"additionalItems":{"type":"null"}})", "[1,2]");
    refused(R"({"type":["integer","null"]})", R"("x")");
    refused(R"({"exclusiveMaximum":3})", "3");
}

TEST_CASE("texts that crash a regular expression are refused by their length") {
    constexpr const char* kSchema = R"({"anyOf":[{"type":"integer"},{"type":"string","pattern":"^(a|b)*c?$"}]})";
    CHECK(problems_of(kSchema, Json(std::string(1000, 'a'))) == "");
    CHECK_FALSE(problems_of(kSchema, Json(std::string(1'000'000, 'a'))).empty());
    // Where another alternative admits the text it is admitted, and no pattern sees it.
    CHECK(problems_of(R"({"anyOf":[{"type":"string"},{"type":"string","pattern":"^(a|b)*$"}]})",
                      Json(std::string(1'000'000, 'a'))) == "");
    CHECK(problems_of(R"({"type":"string","format":"date"})", Json(std::string(1'000'000, '1'))) == "");
    CHECK_FALSE(
        problems(R"({"patternProperties":{"^(a|b)*$":{}}})", "{\"" + std::string(1'000'000, 'a') + "\":1}").empty());
}

TEST_CASE("alternatives that nest are walked once for each level") {
    constexpr const char* kSchema = R"({"$ref":"#/definitions/list","definitions":{"list":{
        "type":"array","items":{"anyOf":[{"type":"string"},{"$ref":"#/definitions/list"}]}}}})";
    const auto nested = [](const std::string& inner) { return std::string(50, '[') + inner + std::string(50, ']'); };
    CHECK(problems(kSchema, nested("\"a\"")) == "");
    const std::string told = problems(kSchema, nested("5")); // twice for each level would take days
    CHECK(told.starts_with("/0/0/0/"));
    CHECK(told.find("5; allowed: text or an array") != std::string::npos);
}

TEST_CASE("what no schema can see is refused anyway") {
    CHECK(problems("{}", R"({"a":"x\u0000y"})") == "/a: text with a zero byte; allowed: text without\n");
    auto key = new_object();
    key->set(std::string("a\0b", 3), 1);
    CHECK_FALSE(problems_of("{}", Json(key)).empty());
    auto bytes = new_object();
    bytes->set("a", std::string("x\xff"));
    bytes->set("k\xff", 1);
    CHECK(problems_of("{}", Json(bytes)) == "/a: \"x\\xFF\", which is not UTF-8; allowed: UTF-8\n"
                                            "the key \"k\\xFF\", which is not UTF-8; allowed: UTF-8\n");
    CHECK_FALSE(problems(R"({"maximum":5})", "18446744073709551615").empty());
    CHECK_FALSE(problems("{}", "18446744073709551615").empty());
    CHECK(problems("{}", "9223372036854775807") == "");
}

TEST_CASE("null is a value, an empty pointer is none") {
    CHECK(problems_of(R"({"type":"null"})", Json()) == "");
    CHECK_FALSE(problems_of(R"({"type":"object"})", Json(JsonObject::Ptr())).empty());
    CHECK_FALSE(problems_of(R"({"type":"array"})", Json(JsonArray::Ptr())).empty());
}

TEST_CASE("equality is by value") {
    CHECK(json_equal(json("1"), json("1.0")));
    CHECK(json_equal(json(R"({"a":1,"b":[2]})"), json(R"({"b":[2],"a":1})")));
    CHECK_FALSE(json_equal(json("9007199254740993"), json("9007199254740992")));
    CHECK_FALSE(json_equal(json("1"), json("true")));
    CHECK_FALSE(json_equal(json("[1,2]"), json("[2,1]")));
    CHECK_FALSE(json_equal(json("null"), json("false")));
}
