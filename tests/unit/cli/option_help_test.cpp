#include "cli/option_help.hpp"
#include "document/strict_json.hpp"
#include "schemas.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace ferry::test {
namespace {

Poco::JSON::Object::Ptr parsed_schema(std::string_view schema) {
    return std::get<Poco::Dynamic::Var>(parse_json(schema)).extract<Poco::JSON::Object::Ptr>();
}

std::string help(std::string_view schema) {
    return option_help(parsed_schema(schema));
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

TEST_CASE("choices, units, and what an array of objects holds") {
    const std::string upload = help(schemas::upload());
    CHECK(upload.find("  needed: exactly one of project, parent\n  needed: at least one of files, manifest\n\n") == 0);
    CHECK(upload.find("  part_size  auto or bytes, or text like \"64MiB\"; default \"auto\"\n") != std::string::npos);
    CHECK(upload.find("  retry.max_elapsed  seconds, or text like \"5m\"; default \"6h\"\n") != std::string::npos);
    CHECK(upload.find("  files[].path  text; required\n") != std::string::npos);
    CHECK(upload.find("  files[].metadata  object\n") != std::string::npos);
    CHECK(upload.find("  tags  array of text\n") != std::string::npos);
    CHECK(help(schemas::uploads_abort()).find("  together: known only with older_than\n") != std::string::npos);
}

TEST_CASE("each option of the shipped tasks has a description and an example, and lines fit the screen") {
    for (const auto& schema : {schemas::upload(), schemas::command(), schemas::uploads_list(), schemas::uploads_abort(),
                               schemas::upload_verify()}) {
        const auto parsed = parsed_schema(schema);
        std::istringstream lines(option_help(parsed) + output_help(parsed) + example_help("task", parsed));
        for (std::string line; std::getline(lines, line);)
            CHECK_MESSAGE(line.size() <= 80, line);
        std::istringstream options(option_help(parsed));
        std::string option;
        bool example = true;
        for (std::string line; std::getline(options, line);) {
            if (line.starts_with("  ") && line[2] != ' ' && !line.starts_with("  needed") &&
                !line.starts_with("  together")) {
                CHECK_MESSAGE(example, option);
                option = line;
                example = false;
            }
            example = example || line.starts_with("      example: ");
        }
        CHECK_MESSAGE(example, option);
    }
}

TEST_CASE("an example is broken only where JSON is, and a command only before an option") {
    const auto schema = parsed_schema(R"({"properties":{"n":{"examples":[["a b c d e f g","h, i: j"]]}},
      "x-outputs":{"file":"what it makes"},"examples":[{"n":1,"text":"a b"}]})");
    CHECK(option_help(schema, 40) == "  n  any\n"
                                     "      example: [\"a b c d e f g\",\n"
                                     "               \"h, i: j\"]\n");
    CHECK(output_help(schema, 40) == "  file  what it makes\n");
    CHECK(example_help("t", schema) == "  ferry task t --set n=1 --set 'text=a b'\n");
    CHECK(example_help("t", schema, 30) == "  ferry task t \\\n    --set n=1 \\\n    --set 'text=a b'\n");
}

} // namespace ferry::test
