#include "workflow/reference.hpp"

#include <doctest/doctest.h>

using namespace ferry;
using Kind = Reference::Kind;

namespace {

Reference lone(const std::string& text) {
    const auto pieces = parse_template(text);
    const Reference* reference = lone_reference(pieces);
    REQUIRE_MESSAGE(reference, text);
    CHECK(reference->text == text);
    return *reference;
}

BadReference bad(const std::string& text) {
    for (const Piece& piece : parse_template(text))
        if (const auto* found = std::get_if<BadReference>(&piece))
            return *found;
    FAIL("no bad reference in " << text);
    return {};
}

std::string plain(const std::string& text) {
    const auto pieces = parse_template(text);
    REQUIRE(pieces.size() == 1);
    return std::get<std::string>(pieces[0]);
}

} // namespace

TEST_CASE("every form of a reference is read") {
    CHECK(lone("${vars.sample-1}").kind == Kind::var);
    CHECK(lone("${vars.sample-1}").name == "sample-1");
    CHECK(lone("${env.HOME}").kind == Kind::env);
    CHECK(lone("${run.id}").kind == Kind::run_id);
    CHECK(lone("${workflow.dir}").kind == Kind::workflow_dir);
    CHECK(lone("${steps.a-b.status}").kind == Kind::status);
    CHECK(lone("${steps.a-b.status}").name == "a-b");
    CHECK(lone("${steps.a.error.message}").kind == Kind::error_message);
    const Reference output = lone("${steps.a.outputs.files[12].name.x[0]}");
    CHECK(output.kind == Kind::output);
    CHECK(output.key == "files");
    REQUIRE(output.path.size() == 4);
    CHECK(std::get<std::size_t>(output.path[0]) == 12);
    CHECK(std::get<std::string>(output.path[1]) == "name");
    CHECK(std::get<std::size_t>(output.path[3]) == 0);
}

TEST_CASE("references stand inside text") {
    const auto pieces = parse_template("a ${vars.x}${env.Y} b");
    REQUIRE(pieces.size() == 4);
    CHECK(std::get<std::string>(pieces[0]) == "a ");
    CHECK(std::get<Reference>(pieces[1]).name == "x");
    CHECK(std::get<Reference>(pieces[2]).name == "Y");
    CHECK(std::get<std::string>(pieces[3]) == " b");
    CHECK(lone_reference(pieces) == nullptr);
    CHECK(lone_reference(parse_template("${vars.x} ")) == nullptr);
}

TEST_CASE("a doubled dollar makes a literal one, single dollars stay") {
    CHECK(plain("$${f%.fq}") == "${f%.fq}");
    CHECK(plain("$HOME $(date) $$ $") == "$HOME $(date) $$ $");
    CHECK(plain("$$${x}") == "$${x}");
    CHECK(parse_template("").empty());
    const auto pieces = parse_template("$${a} ${vars.b}");
    REQUIRE(pieces.size() == 2);
    CHECK(std::get<std::string>(pieces[0]) == "${a} ");
}

TEST_CASE("anything else in ${} is no reference, and the way out is told") {
    for (const char* text : {"${}",
                             "${x}",
                             "${f%.fq}",
                             "${vars}",
                             "${vars.}",
                             "${vars.a.b}",
                             "${vars.a[0]}",
                             "${vars.1}",
                             "${env.A B}",
                             "${steps.a}",
                             "${steps.a.outputs}",
                             "${steps.a.outputs.}",
                             "${steps.a.outputs.k.}",
                             "${steps.a.outputs.k[}",
                             "${steps.a.outputs.k[-1]}",
                             "${steps.a.outputs.k[99999999999999]}",
                             "${steps.a.status.x}",
                             "${steps.a.error}",
                             "${run.id.x}",
                             "${run}",
                             "${ vars.a}",
                             "${vars.a }",
                             "${vars.a",
                             "${",
                             "${a:-${vars.b}}"}) {
        CAPTURE(text);
        CHECK(bad(text).advice.find("$${") != std::string::npos);
    }
    CHECK(bad("${step.a.status}").advice.find("${steps.a.status}") != std::string::npos);
    CHECK(bad("a ${x} b").text == "${x}");
}

TEST_CASE("hostile text is cut and escaped") {
    const BadReference found = bad("${\x1b[2J" + std::string(100'000, 'x'));
    CHECK(found.text.size() < 200);
    CHECK(found.text.find('\x1b') == std::string::npos);
    std::string many;
    for (int i = 0; i < 100'000; ++i)
        many += "${";
    CHECK(parse_template(many).size() == 1);
}
