#include "schema/defaults.hpp"
#include "schema_fixture.hpp"

#include "schemas.hpp"

#include <doctest/doctest.h>

using namespace ferry;
using namespace ferry::test;

namespace {

std::string filled(std::string_view schema, std::string_view options) {
    return to_json(with_defaults(object(schema), *object(options)));
}

} // namespace

TEST_CASE("defaults fill what is missing, in nested objects and items too") {
    constexpr const char* kSchema = R"({
      "definitions": { "n": { "type": "integer", "default": 1 } },
      "properties": {
        "a": { "$ref": "#/definitions/n" },
        "b": { "$ref": "#/definitions/n", "default": 2 },
        "c": { "default": {}, "properties": { "d": { "default": [1] }, "e": {} } },
        "f": { "properties": { "g": { "default": "x" } } },
        "h": { "items": { "properties": { "i": { "default": true } } } }
      } })";
    CHECK(filled(kSchema, "{}") == R"({"a":1,"b":2,"c":{"d":[1]}})");
    CHECK(filled(kSchema, R"({"b":7,"c":{"e":null},"f":{},"h":[{},{"i":false}]})") ==
          R"({"b":7,"c":{"e":null,"d":[1]},"f":{"g":"x"},"h":[{"i":true},{"i":false}],"a":1})");
}

TEST_CASE("what is filled in belongs to the copy alone") {
    const auto schema = object(R"({"properties":{"a":{"default":{"x":[1]}}}})");
    const auto options = object(R"({"b":[1]})");
    const auto copy = with_defaults(schema, *options);
    array_of(object_of(copy->get("a"))->get("x"))->add(2);
    array_of(copy->get("b"))->add(2);
    CHECK(to_json(with_defaults(schema, *options)) == R"({"b":[1],"a":{"x":[1]}})");
}

TEST_CASE("the upload schema's defaults are complete and admitted") {
    const auto schema = object(schemas::upload());
    const auto options = with_defaults(schema, *object(R"({"project":"me/p","files":["x"]})"));
    CHECK(Validator(schema).check(options).empty());
    CHECK(to_json(object_of(options->get("retry"))->get("max_elapsed")) == R"("6h")");
    CHECK(to_json(options->get("parallel_parts")) == "8");
}
