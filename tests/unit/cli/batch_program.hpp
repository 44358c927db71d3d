// `ferry batch` itself, run in a folder of the test.
#pragma once

#include "program.hpp"

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace ferry::test {

// A batch over rows of `sample`, each of them a bash script that has it as $S.
struct BatchProgram : Program {
    void step(const std::string& script, const std::string& vars = R"({"sample":null})") const {
        dir.write("w.json", R"({"name":"w","vars":)" + vars +
                                R"(,"steps":[{"id":"s","task":"command","with":{"command":["bash","-c",)" +
                                to_json(script) + R"(],"env":{"S":"${vars.sample}"}}}]})");
    }
    int batch(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"batch", "w.json", "--manifest", "rows.csv"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
    std::map<int, Poco::JSON::Object::Ptr> documents(const std::string& text) const {
        std::istringstream in(text);
        std::map<int, Poco::JSON::Object::Ptr> found;
        for (std::string line; std::getline(in, line);) {
            const auto parsed = parse_json(line);
            INFO(line);
            REQUIRE(std::holds_alternative<Poco::Dynamic::Var>(parsed));
            const auto document = std::get<Poco::Dynamic::Var>(parsed).extract<Poco::JSON::Object::Ptr>();
            found[document->getValue<int>("row")] = document;
        }
        return found;
    }
    bool tells(const std::string& text) const {
        const bool found = err().find(text) != std::string::npos;
        if (!found)
            MESSAGE("not told: ", text, "\n", err());
        return found;
    }
    // "1 2 5": the numbers of the joblog's lines, in their order.
    std::string rows_of_joblog(const std::string& name) const {
        std::istringstream in(read_file(dir / name));
        std::string text;
        std::string line;
        std::getline(in, line);
        while (std::getline(in, line))
            text += (text.empty() ? "" : " ") + line.substr(0, line.find('\t'));
        return text;
    }
};

} // namespace ferry::test
