#include "document/strict_json.hpp"
#include "workflow/resolve.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace ferry;

namespace {

Json json(const std::string& text) {
    return std::get<Json>(parse_json(text));
}

constexpr const char* kSchema = R"({
  "type": "object",
  "properties": {
    "text": { "type": "string" },
    "count": { "type": "integer", "minimum": 1, "maximum": 64 },
    "ratio": { "type": "number" },
    "flag": { "type": "boolean" },
    "size": { "anyOf": [{ "const": "auto" }, { "type": "integer" }, { "type": "string", "pattern": "^[0-9]+MiB$" }] },
    "list": { "type": "array", "items": { "type": "integer" }, "examples": [[1, 2]] },
    "words": { "type": "array", "items": { "type": "string" } },
    "paths": { "anyOf": [{ "type": "string", "format": "glob" },
                         { "type": "array", "items": { "anyOf": [{ "type": "string", "format": "glob" },
                                                                 { "type": "object" }] } }] }
  }
})";

Place place() {
    return Place(std::make_shared<const Validator>(object_of(json(kSchema))));
}

// Variables by name; what is none is open.
Resolved resolved(const std::string& options, const std::map<std::string, std::string>& vars,
                  StandIn stand_in = StandIn::sample) {
    const Lookup lookup = [&](const Reference& reference, const std::string&, bool) -> Answer {
        const auto found = vars.find(reference.name);
        if (found == vars.end())
            return Open{"(later)", false};
        return found->second == "wrong" ? Answer(Wrong{"wrong", "nothing"}) : Answer(Known{json(found->second)});
    };
    return resolve(*object_of(json(options)), place(), lookup, stand_in, "f", "/with");
}

std::string text(const Resolved& result) {
    return to_json(result.options);
}

} // namespace

TEST_CASE("a lone reference keeps its value's type") {
    CHECK(text(resolved(R"({"count":"${vars.a}"})", {{"a", "8"}})) == R"({"count":8})");
    CHECK(text(resolved(R"({"list":"${vars.a}"})", {{"a", "[1,2]"}})) == R"({"list":[1,2]})");
    CHECK(text(resolved(R"({"text":"${vars.a}"})", {{"a", "8"}})) == R"({"text":8})");
    CHECK(text(resolved(R"({"other":"${vars.a}"})", {{"a", R"({"x":null})"}})) == R"({"other":{"x":null}})");
}

TEST_CASE("text is read by the type of the option that it fills alone") {
    const auto one = [](const std::string& option, const std::string& value) {
        const auto result = resolved("{\"" + option + "\":\"${vars.a}\"}", {{"a", '"' + value + '"'}});
        return to_json(result.options->get(option));
    };
    CHECK(one("count", "8") == "8");
    CHECK(one("count", "1e5") == R"("1e5")");
    CHECK(one("count", "08") == R"("08")");
    CHECK(one("count", "65") == R"("65")"); // refused by the check that follows, as the text that it is
    CHECK(one("ratio", "1e5") == "100000");
    CHECK(one("flag", "true") == "true");
    CHECK(one("flag", "yes") == R"("yes")");
    CHECK(one("text", "1e5") == R"("1e5")");
    CHECK(one("text", "true") == R"("true")");
    CHECK(one("size", "auto") == R"("auto")");
    CHECK(one("size", "8388608") == "8388608");
    CHECK(one("size", "8MiB") == R"("8MiB")");
    CHECK(one("list", "[1, 2]") == "[1,2]");
    CHECK(one("unknown", "8") == R"("8")");
    CHECK(text(resolved(R"({"words":["${vars.a}"]})", {{"a", "\"1e5\""}})) == R"({"words":["1e5"]})");
}

TEST_CASE("inside text values become text; what has none is a problem") {
    CHECK(text(resolved(R"({"text":"a${vars.a}/${vars.b}"})", {{"a", "8"}, {"b", "\"x\""}})) == R"({"text":"a8/x"})");
    CHECK(text(resolved(R"({"text":"${vars.a}$${x}"})", {{"a", "true"}})) == R"({"text":"true${x}"})");
    for (const char* value : {"[1]", "{}", "null"}) {
        const auto result = resolved(R"({"text":"a ${vars.a}"})", {{"a", value}});
        REQUIRE(result.problems.size() == 1);
        CHECK(result.problems[0].pointer == "/with/text");
        CHECK(result.problems[0].file == "f");
    }
    // Digits that only text around a reference made are text.
    CHECK(text(resolved(R"({"count":"1${vars.a}"})", {{"a", "8"}})) == R"({"count":"18"})");
}

TEST_CASE("what a reference stands for is no pattern where patterns are allowed") {
    const std::map<std::string, std::string> vars{{"a", R"("s[1]*")"}, {"b", R"(["x?","y",{"path":"z*"}])"}};
    CHECK(text(resolved(R"({"paths":"${vars.a}"})", vars)) == R"({"paths":"s[[]1][*]"})");
    CHECK(text(resolved(R"({"paths":["${vars.a}/*.bam","*.vcf"]})", vars)) ==
          R"({"paths":["s[[]1][*]/*.bam","*.vcf"]})");
    CHECK(text(resolved(R"({"paths":"${vars.b}"})", vars)) == R"({"paths":["x[?]","y",{"path":"z*"}]})");
    CHECK(text(resolved(R"({"paths":[{"path":"${vars.a}"}]})", vars)) == R"({"paths":[{"path":"s[1]*"}]})");
    CHECK(text(resolved(R"({"text":"${vars.a}"})", vars)) == R"({"text":"s[1]*"})");
}

TEST_CASE("what is open is stood in for by what its place admits") {
    const auto result = resolved(
        R"({"count":"${vars.a}","text":"x ${vars.a}","list":"${vars.a}","size":"${vars.a}MiB","flag":true})", {});
    CHECK(result.problems.empty());
    CHECK_FALSE(result.complete);
    CHECK(result.open == std::vector<std::string>{"/count", "/text", "/list", "/size"});
    CHECK(Validator(object_of(json(kSchema))).check(result.options).empty());
    CHECK(result.options->get("text").convert<std::string>() == "x ${vars.a}");
    const auto words = resolved(R"({"count":"${vars.a}","text":"x ${vars.a} y"})", {}, StandIn::words);
    CHECK(text(words) == R"x({"count":"(later)","text":"x (later) y"})x");
}

TEST_CASE("problems are told where they are, and leave a stand-in") {
    const auto result = resolved(R"({"words":["a","${oops}","${vars.a} b"],"${vars.a}":1})", {{"a", "wrong"}});
    REQUIRE(result.problems.size() == 3);
    CHECK(result.problems[0].pointer == "/with/words/1");
    CHECK(result.problems[1].pointer == "/with/words/2");
    CHECK(result.problems[1].found == "wrong");
    CHECK(result.problems[2].pointer == "/with/${vars.a}");
    CHECK(result.open == std::vector<std::string>{"/words/1", "/words/2"});
}

TEST_CASE("the copy shares nothing with its source, and no two places one value") {
    JsonObject::Ptr source = object_of(json(R"({"keep":{"a":[1]}})"));
    const Json shared = json(R"({"x":1})");
    const Lookup lookup = [&](const Reference&, const std::string&, bool) -> Answer { return Known{shared}; };
    source->set("one", "${vars.a}");
    source->set("two", "${vars.a}");
    const auto result = resolve(*source, Place(nullptr), lookup, StandIn::words, "", "");
    object_of(result.options->get("one"))->set("x", 2);
    array_of(object_of(result.options->get("keep"))->get("a"))->add(2);
    CHECK(to_json(shared) == R"({"x":1})");
    CHECK(to_json(result.options->get("two")) == R"({"x":1})");
    CHECK(to_json(source->get("keep")) == R"({"a":[1]})");
}

TEST_CASE("paths into outputs are followed, and where they end is told") {
    const auto follow = [](const std::string& reference, std::string& found) {
        Json value = json(R"([{"name":"a"},{"name":"b"}])");
        const auto pieces = parse_template(reference);
        return follow_path(value, *lone_reference(pieces), found) ? to_json(value) : "nowhere";
    };
    std::string found;
    CHECK(follow("${steps.s.outputs.files[1].name}", found) == R"("b")");
    CHECK(follow("${steps.s.outputs.files[2].name}", found) == "nowhere");
    CHECK(found == "an array of 2 without [2]");
    CHECK(follow("${steps.s.outputs.files[0].nam}", found) == "nowhere");
    CHECK(found == "an object without .nam");
    CHECK(follow("${steps.s.outputs.files.name}", found) == "nowhere");
    CHECK(follow("${steps.s.outputs.files[0].name[0]}", found) == "nowhere");
}

TEST_CASE("problems of stand-ins are dropped, others stay") {
    const Diagnostics problems = {{"", "/w/a", 0, 0, "1", "", false},
                                  {"", "/w/a/b", 0, 0, "2", "", false},
                                  {"", "/w/ab", 0, 0, "3", "", false},
                                  {"", "/w", 0, 0, "4", "", false}};
    const auto left = without_open(problems, {"/a"}, "/w");
    REQUIRE(left.size() == 2);
    CHECK(left[0].found == "3");
    CHECK(left[1].found == "4");
}
