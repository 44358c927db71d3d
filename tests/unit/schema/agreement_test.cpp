// What valijson refuses, explain() must have refused in words before.
#include "schema_fixture.hpp"

#include "schema/explain.hpp"
#include "schemas.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace ferry;
using namespace ferry::test;

namespace {

// A document made of what our schemas talk about, right and wrong.
class Maker {
  public:
    explicit Maker(unsigned seed) : random_(seed) {}

    std::string value(int depth) {
        static const char* const scalars[] = {
            "1",        "0",         "64",     "65",       "-3",       "1.5",   "1e3",      "null", "\"\"", "\"a\"",
            "\"auto\"", "\"64MiB\"", "\"5m\"", "\"me/p\"", "\"etag\"", "\"x\"", "\"fail\"", "[]",   "{}",   "[\"a\"]"};
        const std::size_t kind = pick(depth > 0 ? 4 : 2);
        if (kind < 2)
            return scalars[pick(std::size(scalars))];
        std::string out;
        for (std::size_t i = 0, count = pick(4); i < count; ++i)
            out += (out.empty() ? "" : ",") + (kind == 2 ? value(depth - 1) : key(i) + ":" + value(depth - 1));
        return kind == 2 ? "[" + out + "]" : "{" + out + "}";
    }

    // Half of what is needed is right, so that the rest decides.
    std::string options() {
        std::string out = R"("files":)" + (pick(2) ? value(2) : R"(["a",{"path":"b","tags":["t"]}])");
        if (pick(2))
            out += R"(,"project":"me/p")";
        for (const char* name : {"parent", "conflict", "part_size", "parallel_parts", "verify", "endpoint", "retry",
                                 "timeouts", "manifest", "metadata", "tags", "colour"})
            if (pick(5) == 0)
                out += ",\"" + std::string(name) + "\":" + value(2);
        return "{" + out + "}";
    }

  private:
    std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
    std::string key(std::size_t number) {
        static const char* const keys[] = {"path", "name", "attempts", "max_elapsed", "stall"};
        return "\"" + std::string(keys[pick(2)]) + (number ? std::to_string(number) : "") + "\"";
    }
    std::mt19937 random_;
};

} // namespace

TEST_CASE("all that is refused of random options is explained") {
    const auto schema = object(schemas::upload());
    const Validator validator(schema);
    Maker maker(20260131);
    int admitted = 0;
    for (int i = 0; i < 3000; ++i) {
        const std::string text = maker.options();
        CAPTURE(text);
        const Diagnostics told = validator.check(json(text));
        admitted += told.empty();
        // What only valijson refused would be told in its words.
        for (const Diagnostic& diagnostic : told)
            CHECK(diagnostic.found != "a value that the schema does not allow");
    }
    CHECK(admitted > 10);
}
