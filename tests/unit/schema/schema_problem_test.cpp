#include "schema_fixture.hpp"

#include "schemas.hpp"

#include <doctest/doctest.h>

using namespace ferry;
using namespace ferry::test;

TEST_CASE("our own schemas are sound") {
    for (const auto text : {schemas::workflow(), schemas::command(), schemas::upload(), schemas::uploads_list(),
                            schemas::uploads_abort(), schemas::upload_verify(), schemas::outputs(), schemas::event()})
        CHECK_FALSE(schema_problem(object(text)));
}

TEST_CASE("a schema may refer to itself where each turn consumes something") {
    CHECK_FALSE(schema_problem(object(R"({"properties":{"next":{"$ref":"#"}}})")));
    CHECK_FALSE(schema_problem(
        object(R"({"definitions":{"l":{"items":{"anyOf":[{"$ref":"#/definitions/l"}]}}},"$ref":"#/definitions/l"})")));
}

TEST_CASE("broken schemas are refused, whatever is wrong with them") {
    const char* broken[] = {
        R"({"$ref":"#"})",
        R"({"$ref":"#/definitions/none"})",
        R"({"$ref":"http://example.org/schema"})",
        R"({"$ref":"other.json#/a"})",
        R"({"$ref":7})",
        R"({"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"properties":{"x":{"$ref":"#/definitions/a"}}})",
        R"({"definitions":{"a":{"anyOf":[{"$ref":"#/definitions/a"}]}}})",
        R"({"not":{"$ref":"#"}})",
        R"({"if":{"$ref":"#"}})",
        R"({"type":"text"})",
        R"({"type":7})",
        R"({"type":[]})",
        R"({"properties":[]})",
        R"({"properties":{"a":{"type":"strnig"}}})",
        R"({"required":"a"})",
        R"({"required":[1]})",
        R"({"enum":"a"})",
        R"({"anyOf":{}})",
        R"({"minimum":"1"})",
        R"({"maxLength":-1})",
        R"({"maxItems":1.5})",
        R"({"multipleOf":0})",
        R"({"pattern":"("})",
        R"({"pattern":7})",
        R"({"patternProperties":{"[":{}}})",
        R"({"pattern":"a{44444444444444444444}"})",
        R"({"pattern":"a{1,44444444444444444444}"})",
        R"({"pattern":"(a)\\44444444444444444444"})",
        R"({"definitions":7})",
        R"({"properties":{"default":"x"}})",
    };
    for (const char* text : broken) {
        CAPTURE(text);
        const auto problem = schema_problem(object(text));
        REQUIRE(problem);
        CHECK_FALSE(problem->empty());
        // Nobody is to check with it; who does anyway hears of it.
        CHECK(Validator(object(text)).check(json("{}")).size() == 1);
    }
    CHECK(schema_problem(object(R"({"patternProperties":{"\f":{"pattern":"("}}})")) ==
          "pattern is wrong at /patternProperties/\\x0C");
    CHECK(schema_problem({}));
}
