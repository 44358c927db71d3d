#include "command_fixture.hpp"

#include "schema/validator.hpp"
#include "tasks/command_options.hpp"

namespace ferry::test {

TEST_CASE("options as typed values") {
    Diagnostics problems;
    const CommandOptions options = read_command_options(
        R"({"command":["a",["b",2]],"cwd":"c","env":{"A":"x","B":null,"C":true},"stdin":"i","stdout":"o","stderr":"e",)"
        R"("inputs":{"r":["1","2"]},"outputs":{"bam":"x.bam"}})",
        problems);
    CHECK(problems.empty());
    CHECK(options.command == std::vector<std::string>{"a", "b", "2"});
    CHECK(options.cwd == "c");
    CHECK(options.env.at("A") == "x");
    CHECK_FALSE(options.env.at("B"));
    CHECK(options.env.at("C") == "true");
    CHECK(options.input == "i");
    CHECK(options.output == "o");
    CHECK(options.error == "e");
    REQUIRE(options.inputs.size() == 2);
    CHECK(options.inputs[1] == std::pair<std::string, std::string>{"input 'r'", "2"});
    REQUIRE(options.outputs.size() == 1);
    CHECK(options.outputs[0].first == "bam");
}

TEST_CASE("what the schema cannot say is told, all at once") {
    CommandFixture f;
    const Diagnostics found = f.validate(
        R"({"command":["a\u0000b"],"env":{"A=B":"x","C":"y\u0000"},"outputs":{"exit_code":"x","a/b~":"p\u0000"}})");
    std::vector<std::string> pointers;
    for (const Diagnostic& one : found)
        pointers.push_back(one.pointer);
    CHECK(pointers ==
          std::vector<std::string>{"/command/0", "/env/A=B", "/env/C", "/outputs/a~1b~0", "/outputs/exit_code"});
    CHECK(f.validate(R"({"command":[[]]})").size() == 1);
    CHECK(f.validate(R"({"command":["","x"]})").size() == 1);
    CHECK(f.validate(R"({"command":["true"]})").empty());
    const TaskOutcome outcome = f.run(R"({"command":["a\u0000b"]})");
    CHECK(outcome.code == FERRY_INVALID);
}

TEST_CASE("the schema admits what the task reads and refuses the rest") {
    CommandFixture f;
    const Validator validator(f.registry.find("command")->schema);
    const auto admits = [&](const std::string& json) {
        return !has_errors(validator.check(std::get<Poco::Dynamic::Var>(parse_json(json))));
    };
    CHECK(
        admits(R"({"command":["a",1,true,["b"]],"env":{"X":null,"Y":2},"inputs":["a",["b"]],"outputs":{"o":"*.x"}})"));
    CHECK(admits(R"({"command":["a"],"inputs":{"r":["a","b"],"s":"c"}})"));
    for (const char* bad : {R"({})", R"({"command":"a b"})", R"({"command":[]})", R"({"command":[{}]})",
                            R"({"command":["a"],"shell":true})", R"({"command":["a"],"outputs":{"o":["x"]}})",
                            R"({"command":["a"],"outputs":{"o":""}})", R"({"command":["a"],"env":{"":"x"}})",
                            R"({"command":["a"],"env":{"A":["x"]}})", R"({"command":["a"],"cwd":""})"}) {
        CAPTURE(bad);
        CHECK_FALSE(admits(bad));
    }
}

TEST_CASE("every property of the schema has a description, and examples that it admits") {
    CommandFixture f;
    const auto schema = f.registry.find("command")->schema;
    const auto properties = schema->getObject("properties");
    for (const std::string& name : properties->getNames()) {
        CAPTURE(name);
        const auto property = properties->getObject(name);
        CHECK(property->has("description"));
        const auto examples = property->getArray("examples");
        REQUIRE(examples);
        for (const auto& example : *examples) {
            Poco::JSON::Object::Ptr options = new Poco::JSON::Object;
            Poco::JSON::Array::Ptr words = new Poco::JSON::Array;
            words->add("true");
            options->set("command", words);
            options->set(name, example);
            CHECK_FALSE(has_errors(Validator(schema).check(options)));
        }
    }
}

} // namespace ferry::test
