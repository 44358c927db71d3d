#include "schema/json_places.hpp"

#include "document/strict_json.hpp"
#include "schema/json_value.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test {
namespace {

std::string place_of(const std::string& text, const std::string& pointer, bool of_key = false) {
    Diagnostics problems{{"w.json", pointer, 0, 0, "found", "allowed", false, of_key}};
    add_places(text, problems);
    return std::to_string(problems[0].line) + ":" + std::to_string(problems[0].column);
}

const std::string document = R"({
  "name": "w",
  "steps": [
    { "id": "a", "with": { "n": [1, [true, {"x": null}], -2.5e3], "k": "] } \" , :" } },
    {}
  ],
  "a/b~c": 1,
  "\u0041\n": 2
})";

} // namespace

TEST_CASE("the places of values, whatever stands before them") {
    CHECK(place_of(document, "") == "1:1");
    CHECK(place_of(document, "/name") == "2:11");
    CHECK(place_of(document, "/steps") == "3:12");
    CHECK(place_of(document, "/steps/0") == "4:5");
    CHECK(place_of(document, "/steps/0/with") == "4:26");
    CHECK(place_of(document, "/steps/0/with/n/0") == "4:34");
    CHECK(place_of(document, "/steps/0/with/n/1") == "4:37");
    CHECK(place_of(document, "/steps/0/with/n/1/1/x") == "4:50");
    CHECK(place_of(document, "/steps/0/with/n/2") == "4:58");
    CHECK(place_of(document, "/steps/0/with/k") == "4:72");
    CHECK(place_of(document, "/steps/1") == "5:5");
    CHECK(place_of(document, "/a~1b~0c") == "7:12");
    CHECK(place_of(document, "/A\n") == "8:15");
}

TEST_CASE("the places of keys") {
    CHECK(place_of(document, "/steps/0/with/k", true) == "4:67");
    CHECK(place_of(document, "/A\n", true) == "8:3");
    CHECK(place_of(document, "/steps/1", true) == "5:5"); // an item has no key
}

TEST_CASE("what is not there has the place of what is around it") {
    CHECK(place_of(document, "/vars") == "1:1");
    CHECK(place_of(document, "/steps/1/id") == "5:5");
    CHECK(place_of(document, "/steps/7/with/files/3") == "3:12");
    CHECK(place_of(document, "/name/x", true) == "2:11"); // not the key of something else
    CHECK(place_of(document, "no pointer") == "1:1");
    CHECK(place_of(document, std::string(1'000'000, '/')) == "1:1");
}

TEST_CASE("a mark of the byte order counts for nothing, and line ends may be CRLF") {
    CHECK(place_of("\xEF\xBB\xBF{\"a\":1}", "/a") == "1:6");
    CHECK(place_of("{\r\n\"a\":\r\n 1}", "/a") == "3:2");
}

TEST_CASE("known places stay, and no text is no place") {
    Diagnostics problems{{"w.json", "/name", 7, 3, "", "", false}, {"w.json", "/steps", 0, 0, "", "", false}};
    add_places(document, problems);
    CHECK(problems[0].line == 7);
    CHECK(problems[0].column == 3);
    CHECK(problems[1].line == 3);
    CHECK(place_of("", "/a") == "0:0");
}

TEST_CASE("each value of a document is found where its text begins") {
    const auto check = [](const Json& value, const std::string& pointer, const auto& self) -> void {
        Diagnostics problems{{"", pointer, 0, 0, "", "", false}};
        add_places(document, problems);
        std::size_t begin = 0;
        for (std::size_t line = 1; line < problems[0].line; ++line)
            begin = document.find('\n', begin) + 1;
        const std::string_view there = std::string_view(document).substr(begin + problems[0].column - 1);
        if (const auto items = array_of(value)) {
            CHECK(there[0] == '[');
            for (std::size_t i = 0; i < items->size(); ++i)
                self(items->get(static_cast<unsigned>(i)), child_pointer(pointer, i), self);
        } else if (const auto members = object_of(value)) {
            CHECK(there[0] == '{');
            for (const std::string& key : members->getNames())
                self(members->get(key), child_pointer(pointer, key), self);
        } else if (kind_of(value) != JsonKind::number) { // which is written in many ways
            CHECK(there.starts_with(to_json(value)));
        }
    };
    check(std::get<Json>(parse_json(document)), "", check);
}

TEST_CASE("any text is walked to its end") {
    for (const char* text : {"{", "}", "[[[", "]]]", "\"", "{\"a", "{\"a\\", "{\"a\":", ",,,", ":", "{]}", "[1 2",
                             "{1:2}", "{\"\\u12\":1}", "\xff\xfe", "nul", "{\"a\":}"})
        CHECK_NOTHROW(place_of(text, "/a/0"));
    CHECK(place_of(std::string(1'000'000, '['), "/0/0") == "1:3");
}

} // namespace ferry::test
