#include "cli/option_help.hpp"
#include "document/strict_json.hpp"
#include "schemas.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

std::string help(std::string_view schema) {
    return option_help(std::get<Poco::Dynamic::Var>(parse_json(schema)).extract<Poco::JSON::Object::Ptr>());
}

} // namespace

TEST_CASE("types, defaults, descriptions and examples come from the schema") {
    CHECK(help(R"({
      "required": ["files"],
      "definitions": {"size": {"anyOf": [{"type":"integer"}, {"type":"string"}], "description":"elsewhere"}},
      "properties": {
        "files": {"type":"array","description":"what to send","examples":[["a"],["b"]]},
        "mode": {"enum":["fail",1],"default":"fail"},
        "part": {"anyOf":[{"const":"auto"},{"$ref":"#/definitions/size"}],"default":"auto"},
        "n": {"type":"integer","minimum":1,"maximum":64},
        "retry": {"type":"object","default":{},"properties":{"attempts":{"type":"integer","minimum":1,"default":8}}}
      }})") == "  files  array; required\n"
               "      what to send\n"
               "      example: [\"a\"]\n"
               "      example: [\"b\"]\n"
               "  mode  fail | 1; default \"fail\"\n"
               "  part  auto or integer or text; default \"auto\"\n"
               "  n  integer 1 to 64\n"
               "  retry  object; default {}\n"
               "  retry.attempts  integer from 1; default 8\n");
}

TEST_CASE("a schema that refers to itself ends") {
    CHECK_FALSE(
        help(R"({"definitions":{"a":{"$ref":"#/definitions/a"},"o":{"properties":{"x":{"$ref":"#/definitions/o"}}}},
      "properties":{"p":{"$ref":"#/definitions/a"},"q":{"$ref":"#/definitions/o"},"r":7}})")
            .empty());
}

TEST_CASE("the shipped schemas give help") {
    CHECK(help(schemas::upload()).find("  retry.attempts  integer 1 to 100; default 8\n") != std::string::npos);
    CHECK(help(schemas::command()).find("  command  array; required\n") != std::string::npos);
}

} // namespace ferry::test
