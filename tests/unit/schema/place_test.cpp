#include "schema/place.hpp"
#include "schema/schema_walk.hpp"
#include "schema_fixture.hpp"

#include "schemas.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace ferry;
using namespace ferry::test;

namespace {

Place place(std::string_view schema) {
    return Place(std::make_shared<const Validator>(object(schema)));
}
std::string sample(std::string_view schema) {
    return to_json(place(R"({"properties":{"x":)" + std::string(schema) + "}}").child("x").sample());
}

} // namespace

TEST_CASE("places are found through references and alternatives") {
    const Place files = place(schemas::upload()).child("files");
    CHECK(files.admits(json(R"(["a"])")));
    CHECK_FALSE(files.admits(json("7")));
    CHECK(files.item(0).admits(json(R"("a")")));
    CHECK(files.item(0).item(3).item(9).admits(json(R"({"path":"a"})")));
    CHECK(files.item(0).child("path").admits(json(R"("a")")));
    CHECK_FALSE(files.item(0).child("path").admits(json("true")));
    CHECK(place(schemas::upload()).child("timeouts").child("stall").admits(json(R"("2m")")));
}

TEST_CASE("where no schema speaks everything is admitted") {
    CHECK(place("{}").child("x").item(3).admits(json("[1]")));
    CHECK(Place(nullptr).child("x").admits(json("1")));
    CHECK(to_json(Place(nullptr).sample()) == R"("")");
}

TEST_CASE("tuples and maps have places of their own") {
    const Place root = place(R"({"properties":{
      "t":{"items":[{"type":"integer"},{"type":"boolean"}],"additionalItems":{"type":"null"}},
      "m":{"additionalProperties":{"type":"integer"}}}})");
    CHECK(root.child("t").item(0).admits(json("1")));
    CHECK_FALSE(root.child("t").item(1).admits(json("1")));
    CHECK(root.child("t").item(2).admits(json("null")));
    CHECK_FALSE(root.child("m").child("any").admits(json(R"("x")")));
}

TEST_CASE("samples: example, default, allowed value, then the simplest of the type") {
    CHECK(sample(R"({"type":"integer","examples":[5],"default":6})") == "5");
    CHECK(sample(R"({"type":"integer","default":6})") == "6");
    CHECK(sample(R"({"enum":["a","b"]})") == R"("a")");
    CHECK(sample(R"({"const":true})") == "true");
    CHECK(sample(R"({"type":"integer","minimum":3})") == "3");
    CHECK(sample(R"({"type":"boolean"})") == "false");
    CHECK(sample(R"({"type":"array"})") == "[]");
    CHECK(sample(R"({"type":"object"})") == "{}");
    CHECK(sample(R"({"type":"string","minLength":3})") == R"("xxx")");
    CHECK(sample(R"({"anyOf":[{"type":"integer"},{"type":"boolean"}]})") == "0");
    CHECK(sample(R"({"type":"integer","examples":["wrong"],"minimum":2})") == "2");
}

TEST_CASE("every option of our tasks has an example that its schema admits") {
    for (const auto text : {schemas::upload(), schemas::uploads_list(), schemas::uploads_abort(),
                            schemas::upload_verify(), schemas::command(), schemas::workflow()}) {
        const auto schema = object(text);
        const Validator validator(schema);
        std::function<void(const Json&)> check = [&](const Json& inner) {
            const auto here = object_of(inner);
            if (!here)
                return;
            const auto properties = here->getObject("properties");
            for (const std::string& name : properties ? properties->getNames() : JsonObject::NameList()) {
                CAPTURE(name);
                const auto property = properties->getObject(name);
                if (const auto examples = property->getArray("examples"))
                    for (const Json& example : *examples)
                        CHECK(validator.admits(property, example));
                if (property->has("default"))
                    CHECK(validator.admits(property, property->get("default")));
            }
            for_each_subschema(*here, [&](const std::string&, const Json& below) { check(below); });
        };
        check(schema);
    }
}
