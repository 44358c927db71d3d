#include "unfinished_options.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry {

namespace {

using namespace std::chrono_literals;

// As the host hands them over: with all defaults.
std::string with_defaults(const std::string& options) {
    return "{" + options + R"(,"retry":{"attempts":3,"max_elapsed":"6h"},"timeouts":{"connect":30,"stall":"1m"}})";
}

ReadTask<AbortOptions> read_abort(const std::string& options) {
    auto read = read_abort_options(with_defaults(options));
    REQUIRE_MESSAGE(read.ok(), read.status().error().message);
    return std::move(read).value();
}

} // namespace

TEST_CASE("list options become typed values, with what all tasks share") {
    const auto read = read_list_options(with_defaults(R"("parent":"id","profile":"x","token_env":"T")"));
    REQUIRE(read.ok());
    CHECK(read->problems.empty());
    CHECK(read->options.target.parent == "id");
    CHECK(read->options.retry.attempts == 3);
    CHECK(read->options.timeouts.stall == 1min);
    CHECK(read->credentials.profile == "x");
    CHECK(read->credentials.token_env == "T");
}

TEST_CASE("upload ids flatten, an age is a duration") {
    const auto ids = read_abort(R"("upload_ids":["a",["b",["c"]],[]])");
    CHECK(ids.problems.empty());
    CHECK(ids.options.upload_ids == std::vector<std::string>{"a", "b", "c"});
    CHECK_FALSE(ids.options.older_than);
    const auto aged = read_abort(R"("older_than":"24h","project":"me/p")");
    CHECK(aged.options.older_than == 24h);
    CHECK(aged.options.target.project == "me/p");
    CHECK(aged.options.known == KnownPolicy::keep);
    CHECK(read_abort(R"("older_than":1,"project":"me/p","known":"drop")").options.known == KnownPolicy::drop);
    CHECK(read_abort(R"("older_than":1,"project":"me/p","known":"only")").options.known == KnownPolicy::only);
    CHECK(read_abort(R"("older_than":90,"project":"me/p")").options.older_than == 90s);
}

TEST_CASE("ids that would lead elsewhere and projects that are none are told with their places") {
    for (const char* id : {".", "..", "a b", "a\\nb", "\\u00fc"})
        CHECK(read_abort("\"upload_ids\":[\"" + std::string(id) + "\"]").problems.at(0).pointer == "/upload_ids");
    CHECK(read_abort(R"("upload_ids":["a/../b%2F"])").problems.empty()); // it is encoded
    CHECK(read_abort(R"("older_than":1,"project":"My Project")").problems.at(0).pointer == "/project");
}

TEST_CASE("what no schema of the two would admit is an error, not a crash") {
    for (const char* json : {"", "[]", "{", "{}", R"({"upload_ids":3})", "null"}) {
        CHECK_FALSE(read_list_options(json).ok());
        CHECK_FALSE(read_abort_options(json).ok());
    }
    for (const char* options : {R"("upload_ids":[5])", R"("upload_ids":"a")", R"("older_than":[1])"})
        CHECK_FALSE(read_abort_options(with_defaults(options)).ok());
}

} // namespace ferry
