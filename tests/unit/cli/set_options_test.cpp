#include "cli/set_options.hpp"
#include "document/strict_json.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

namespace ferry::test {
namespace {

using Sets = std::vector<std::pair<std::string, std::string>>;

std::string options(const std::string& file, const Sets& sets) {
    Diagnostics problems;
    const auto read = task_options(file, sets, problems);
    if (read)
        return to_json(read);
    REQUIRE_FALSE(problems.empty());
    return to_text(problems.front());
}

} // namespace

TEST_CASE("values are JSON if they parse, else text") {
    CHECK(options("", {{"a", "1"}, {"b", "true"}, {"c", "[1,\"x\"]"}, {"d", "me/project"}, {"e", ""}, {"f", "1 2"}}) ==
          R"({"a":1,"b":true,"c":[1,"x"],"d":"me/project","e":"","f":"1 2"})");
}

TEST_CASE("dotted keys go into nested objects, on top of the file") {
    const TempDir dir;
    const std::string file = dir.write("o.json", R"({"retry":{"attempts":8,"max_elapsed":"1h"},"x":1})").string();
    CHECK(options(file, {{"retry.attempts", "2"}, {"env.A", "b"}, {"x", "2"}}) ==
          R"({"retry":{"attempts":2,"max_elapsed":"1h"},"x":2,"env":{"A":"b"}})");
}

TEST_CASE("keys that cannot be set, files that cannot be read") {
    CHECK(options("", {{"a", "1"}, {"a.b", "2"}}) == "--set a.b; 'a' is set already and is no object");
    CHECK(options("", {{"a..b", "2"}}) == "--set a..b; a part of the key is empty");
    std::string deep = "a";
    for (int i = 0; i < 20'000; ++i)
        deep += ".a";
    CHECK(options("", {{deep, "2"}}).ends_with("the key has more than 61 parts"));
    CHECK(options("", {{".", "2"}}) == "--set .; a part of the key is empty");
    CHECK(options("/nonexistent/options.json", {}).find("/nonexistent/options.json") != std::string::npos);
}

} // namespace ferry::test
