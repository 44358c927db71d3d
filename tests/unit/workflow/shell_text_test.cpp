#include "document/strict_json.hpp"
#include "workflow/shell_text.hpp"

#include <doctest/doctest.h>

using namespace ferry;

namespace {

int script(const char* command) {
    const auto index = shell_script_index(*array_of(std::get<Json>(parse_json(command))));
    return index ? static_cast<int>(*index) : -1;
}

} // namespace

TEST_CASE("the script of a shell is found behind all ways to say -c") {
    CHECK(script(R"(["sh", "-c", "echo"])") == 2);
    CHECK(script(R"(["/bin/bash", "-ceu", "echo"])") == 2);
    CHECK(script(R"(["bash", "-lc", "echo", "arg"])") == 2);
    CHECK(script(R"(["bash", "-euo", "pipefail", "-c", "echo"])") == 4);
    CHECK(script(R"(["bash", "-ceuo", "pipefail", "echo"])") == 3);
    CHECK(script(R"(["bash", "-c", "-e", "echo"])") == 3);
    CHECK(script(R"(["bash", "--norc", "--rcfile", "x", "-c", "echo"])") == 5);
    CHECK(script(R"(["bash", "-c", "--", "echo"])") == 3);
    CHECK(script(R"(["env", "A=1", "bash", "-c", "echo"])") == 4);
    CHECK(script(R"(["/usr/bin/env", "-i", "dash", "-c", "echo"])") == 4);
    CHECK(script(R"(["bash", "+e", "-c", "echo"])") == 3);
}

TEST_CASE("other commands have none") {
    CHECK(script(R"(["bash", "script.sh", "-c", "x"])") == -1);
    CHECK(script(R"(["bash", "-c"])") == -1);
    CHECK(script(R"(["bash", "-eu", "script.sh"])") == -1);
    CHECK(script(R"(["grep", "-c", "x"])") == -1);
    CHECK(script(R"(["bash", "-o"])") == -1);
    CHECK(script(R"(["env"])") == -1);
    CHECK(script(R"([])") == -1);
    CHECK(script(R"([1, {}, []])") == -1);
}
