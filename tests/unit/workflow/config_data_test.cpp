// Every rule of the workflow file, one document each: tests/data/config.
#include "fake_tasks.hpp"
#include "temp_dir.hpp"

#include "document/strict_json.hpp"
#include "schema/json_value.hpp"
#include "workflow/load.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

using namespace ferry;

namespace {

const std::filesystem::path kData = FERRY_TEST_DATA;

std::set<std::filesystem::path> documents(const char* kind) {
    std::set<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(kData / "config" / kind))
        if (!entry.path().string().ends_with(".expect.json"))
            out.insert(entry.path());
    return out;
}

JsonObject::Ptr expectation(const std::filesystem::path& document) {
    auto side = document;
    side.replace_extension(".expect.json");
    if (!std::filesystem::exists(side))
        return new_object();
    return object_of(std::get<Json>(parse_json(test::read_file(side))));
}

std::map<std::string, std::string> texts(const JsonObject& expected, const char* key) {
    std::map<std::string, std::string> out;
    if (const auto object = expected.getObject(key))
        for (const std::string& name : object->getNames())
            out[name] = text_of(object->get(name));
    return out;
}

LoadResult load(const std::filesystem::path& document, const JsonObject& expected) {
    test::FakeTasks tasks;
    LoadRequest request;
    request.vars = texts(expected, "vars");
    request.environment = [env = texts(expected, "env")](std::string_view name) -> std::optional<std::string> {
        const auto found = env.find(std::string(name));
        return found == env.end() ? std::nullopt : std::optional(found->second);
    };
    return load_workflow(document.string(), tasks.registry(), request);
}

std::string all_text(const Diagnostics& diagnostics) {
    std::string out;
    for (const Diagnostic& diagnostic : diagnostics)
        out += to_text(diagnostic) + "\n";
    return out;
}

bool says(const Diagnostic& diagnostic, const JsonObject& expected) {
    const std::string text = diagnostic.found + "; " + diagnostic.allowed;
    const auto fragments = expected.getArray("texts");
    return diagnostic.pointer == text_of(expected.get("pointer")) &&
           std::all_of(fragments->begin(), fragments->end(),
                       [&](const Json& part) { return text.find(text_of(part)) != std::string::npos; });
}

// Each expected problem is told, and nothing else.
void check_told(const Diagnostics& told, const JsonArray::Ptr& expected) {
    const std::size_t count = expected ? expected->size() : 0;
    CHECK_MESSAGE(told.size() == count, all_text(told));
    for (std::size_t i = 0; i < count; ++i) {
        const auto problem = expected->getObject(static_cast<unsigned>(i));
        CHECK_MESSAGE(std::any_of(told.begin(), told.end(), [&](const Diagnostic& d) { return says(d, *problem); }),
                      "missing: " << to_json(problem) << "\ntold:\n"
                                  << all_text(told));
    }
}

} // namespace

TEST_CASE("every invalid workflow is refused with all its problems, and no others") {
    const auto files = documents("invalid");
    REQUIRE(files.size() > 60);
    for (const auto& file : files) {
        CAPTURE(file.filename().string());
        const auto expected = expectation(file);
        REQUIRE(expected->has("problems"));
        const LoadResult result = load(file, *expected);
        CHECK(!result.workflow);
        CHECK(result.exit_code() == 2);
        check_told(result.diagnostics, expected->getArray("problems"));
        for (const Diagnostic& diagnostic : result.diagnostics) {
            CHECK(diagnostic.file == file.string());
            CHECK_MESSAGE(diagnostic.line * diagnostic.column > 0, to_text(diagnostic));
            CHECK(all_text({diagnostic}).find("hidden-value") == std::string::npos);
        }
        if (expected->has("line"))
            CHECK(Json(result.diagnostics.at(0).line) == expected->get("line"));
    }
}

TEST_CASE("every valid workflow is admitted, warned about only where that is meant") {
    const auto files = documents("valid");
    REQUIRE(files.size() > 10);
    for (const auto& file : files) {
        CAPTURE(file.filename().string());
        const auto expected = expectation(file);
        const LoadResult result = load(file, *expected);
        CHECK_MESSAGE(result.workflow, all_text(result.diagnostics));
        CHECK(result.exit_code() == 0);
        check_told(result.diagnostics, expected->getArray("warnings"));
    }
}
