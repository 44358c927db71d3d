#include "cli/complete.hpp"

#include "cli/command.hpp"
#include "cli/option_tables.hpp"
#include "document/strict_json.hpp"
#include "schemas.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace ferry::test {
namespace {

using Words = std::vector<std::string>;

JsonObject::Ptr object(std::string_view text) {
    return object_of(std::get<Json>(parse_json(text)));
}

CompletionSources sources() {
    CompletionSources made;
    made.tasks = [] { return std::vector<Candidate>{{"command", "run a program"}, {"upload", "upload files"}}; };
    made.schema = [](const std::string& task) {
        return task == "upload" ? object(schemas::upload()) : JsonObject::Ptr();
    };
    made.workflow = [](const std::string& file) {
        return file == "w.json" ? object(R"json({"vars":{"sample":null,"project":"me/p","a b":1,"$(x)":2},
          "steps":[{"id":"align","task":"command"},{"id":"a;b","task":"x"},7,{"id":"publish","task":"upload"}]})json")
                                : JsonObject::Ptr();
    };
    return made;
}

Completion completion(const Words& words) {
    return complete(words, sources());
}

Words words_of(const Words& words) {
    Words found;
    for (const Candidate& candidate : completion(words).candidates)
        found.push_back(candidate.word);
    return found;
}

bool offers(const Words& words, const std::string& word) {
    const Words found = words_of(words);
    return std::find(found.begin(), found.end(), word) != found.end();
}

} // namespace

TEST_CASE("commands come from the parser's tables") {
    for (const CommandTable& table : command_tables())
        CHECK(offers({""}, table.name));
    CHECK(words_of({"ta"}) == Words{"task", "tasks"});
    CHECK(words_of({"--"}) == Words{"--help", "--version"});
    CHECK(words_of({}) == words_of({""}));
    CHECK_FALSE(offers({""}, kCompleteWord));
    CHECK(words_of({"nothing", ""}).empty());
}

TEST_CASE("every option of every command is offered, and the parser knows each") {
    for (const CommandTable& table : command_tables()) {
        const auto options = options_of(table);
        for (const auto& option : options.options()) {
            INFO(table.name, " --", option->long_name());
            CHECK(offers({table.name, "--"}, "--" + option->long_name()));
            const Command command = parse_command_line({table.name, "x", "--" + option->long_name()});
            const auto* error = std::get_if<UsageError>(&command);
            CHECK((!error || error->message.find("has no option") == std::string::npos));
        }
    }
}

TEST_CASE("options that are given already are not offered again, but for those that repeat") {
    CHECK_FALSE(offers({"run", "w.json", "--jobs", "2", "--"}, "--jobs"));
    CHECK_FALSE(offers({"run", "w.json", "--jobs=2", "--"}, "--jobs"));
    CHECK(offers({"run", "w.json", "--var", "a=b", "--"}, "--var"));
    CHECK(offers({"run", "w.json", ""}, "--resume"));
    CHECK(offers({"run", "w.json", "--var", "--jobs", "--"}, "--jobs")); // that was a value
}

TEST_CASE("words of an option are those that the parser takes") {
    CHECK(words_of({"run", "--progress", ""}) == Words{"auto", "bar", "plain", "none"});
    CHECK(words_of({"run", "--progress=p"}) == Words{"--progress=plain"});
    CHECK(words_of({"batch", "w.json", "--halt", ""}) == Words{"never", "soon", "now"});
    CHECK(words_of({"batch", "w.json", "--shard", "s"}) == Words{"slurm"});
    CHECK(words_of({"completion", ""}) == Words{"bash", "zsh", "fish"});
    CHECK(words_of({"run", "--jobs", ""}).empty());
    CHECK(words_of({"run", "--nonsense=x"}).empty());
}

TEST_CASE("files and folders are left to the shell") {
    CHECK(completion({"run", ""}).kind == Completion::Kind::files);
    CHECK(completion({"batch", "w.json", "--manifest", ""}).kind == Completion::Kind::files);
    CHECK(completion({"run", "w.json", "--state-dir", ""}).kind == Completion::Kind::folders);
    const Completion beside = completion({"run", "w.json", "--events=a"});
    CHECK(beside.kind == Completion::Kind::files);
    CHECK(beside.kept == "--events=");
}

TEST_CASE("variables and steps come from the workflow that is named; what is no plain word is left out") {
    const Completion vars = completion({"run", "w.json", "--var", ""});
    CHECK(vars.kind == Completion::Kind::open_words);
    CHECK(words_of({"run", "w.json", "--var", ""}) == Words{"sample=", "project="});
    CHECK(vars.candidates[0].about == "must be given");
    CHECK(vars.candidates[1].about == "else \"me/p\"");
    CHECK(words_of({"run", "w.json", "--var", "sample=x", "--var", ""}) == Words{"project="});
    CHECK(words_of({"run", "w.json", "--var=s"}) == Words{"--var=sample="});
    CHECK(completion({"run", "w.json", "--var", "sample=x"}).kept == "sample=");
    CHECK(words_of({"run", "w.json", "--only", ""}) == Words{"align", "publish"});
    CHECK(words_of({"run", "w.json", "--from=p"}) == Words{"--from=publish"});
    CHECK(words_of({"run", "--from", ""}).empty());
    CHECK(words_of({"run", "other.json", "--from", ""}).empty());
}

TEST_CASE("tasks and their options come from the plugins and their schemas") {
    CHECK(words_of({"task", ""}) == Words{"command", "upload"});
    CHECK(words_of({"tasks", "u"}) == Words{"upload"});
    const auto properties = object(schemas::upload())->getObject("properties");
    for (const std::string& name : properties->getNames())
        CHECK(offers({"task", "upload", "--set", ""}, name + "="));
    CHECK(completion({"task", "upload", "--set", ""}).kind == Completion::Kind::open_words);
    CHECK(offers({"task", "upload", "--set", "retry."}, "retry.attempts="));
    CHECK_FALSE(offers({"task", "upload", "--set", "conflict=skip", "--set", ""}, "conflict="));
    CHECK(words_of({"task", "upload", "--set", "verify="}) == Words{"verify=etag", "verify=none"});
    CHECK(words_of({"task", "upload", "--set=verify=n"}) == Words{"--set=verify=none"});
    CHECK(words_of({"task", "upload", "--set", "preserve_folders="}) ==
          Words{"preserve_folders=true", "preserve_folders=false"});
    CHECK(words_of({"task", "upload", "--set", "part_size="}) == Words{"part_size=auto"});
    CHECK(completion({"task", "upload", "--set", "manifest=x"}).kept == "manifest=");
    CHECK(completion({"task", "upload", "--set", "token_file=x"}).kind == Completion::Kind::files);
    CHECK(completion({"task", "upload", "--set", "base_dir=x"}).kind == Completion::Kind::folders);
    for (const char* key : {"nothing=", "retry.nothing=", "verify.x=", ".=", "retry.=", "="})
        CHECK(words_of({"task", "upload", "--set", key}).empty());
    CHECK(words_of({"task", "other", "--set", ""}).empty());
}

TEST_CASE("the scripts read a line for the kind and one for each word") {
    CHECK(to_text(completion({"run", "--log-level", "w"})) == "words\t\nwarn\t\n");
    CHECK(to_text(completion({"run", "--log-level=x"})) == "words\t\n");
    CHECK(to_text(completion({"run", "w", "--events=\x1b"})) == "files\t--events=\n");
}

} // namespace ferry::test
