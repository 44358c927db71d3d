// The only unit with valijson: it takes seconds to compile. It is the judge; explain() finds the words, and also what
// valijson's POCO adapter lets pass (true as a number, texts cut at a zero byte).
#include "schema/validator.hpp"

#include "document/text.hpp"
#include "schema/describe_schema.hpp"
#include "schema/explain.hpp"
#include "schema/hostile_values.hpp"
#include "schema/json_value.hpp"
#include "schema/schema_problem.hpp"
#include "schema/schema_walk.hpp"

// Else it ends the process where a schema is not to its liking.
#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/poco_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>
#include <exception>

namespace ferry {

namespace {

// The same schema made safe for valijson: std::regex sees a text only once its length is known to be harmless, and
// `format`, an annotation in draft 7, is left out because it would run more of them.
Json guarded(const Json& place) {
    const auto schema = object_of(place);
    if (!schema)
        return place;
    auto copy = map_subschemas(*schema, guarded);
    copy->remove("format");
    copy->remove("uniqueItems"); // valijson compares each with each; explain() has looked
    const Json pattern = copy->get("pattern");
    if (pattern.isEmpty())
        return copy;
    copy->remove("pattern");
    auto length = new_object();
    length->set("maxLength", static_cast<Poco::Int64>(kLongestPatternText));
    auto match = new_object();
    match->set("pattern", pattern);
    auto rule = new_object();
    rule->set("if", length);
    rule->set("then", match);
    rule->set("maxLength", static_cast<Poco::Int64>(kLongestPatternText));
    JsonArray::Ptr all = new JsonArray;
    if (const auto before = array_of(copy->get("allOf")))
        for (const Json& item : *before)
            all->add(item);
    all->add(rule);
    copy->set("allOf", all);
    return copy;
}

// "<root>", "[steps]", "[0]" as a JSON pointer below `pointer`.
std::string pointer_of(const std::vector<std::string>& context, std::string pointer) {
    for (std::size_t i = 1; i < context.size(); ++i)
        pointer = child_pointer(pointer, context[i].substr(1, context[i].size() - 2));
    return pointer;
}

// valijson's own words, for what explain() did not understand: only where the trouble is, not all the way up.
Diagnostics leaf_errors(const valijson::ValidationResults& results, const std::string& file,
                        const std::string& pointer) {
    Diagnostics out;
    for (const auto& error : results) {
        const bool wraps = std::any_of(results.begin(), results.end(), [&](const auto& other) {
            return other.context.size() > error.context.size() &&
                   std::equal(error.context.begin(), error.context.end(), other.context.begin());
        });
        if (!wraps && out.size() < kMostProblems)
            out.push_back({file, pointer_of(error.context, pointer), 0, 0, "a value that the schema does not allow",
                           printable(error.description, 200), false});
    }
    return out;
}

void compile(const JsonObject::Ptr& schema, valijson::Schema& compiled) {
    const Json safe = guarded(schema);
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::PocoJsonAdapter(safe), compiled);
}

} // namespace

struct Validator::Compiled {
    PreparedSchema prepared;
    valijson::Schema schema;
};

std::optional<std::string> schema_problem(const Poco::JSON::Object::Ptr& schema) {
    try {
        if (auto problem = structural_problem(schema))
            return problem;
        valijson::Schema compiled;
        compile(schema, compiled);
        return std::nullopt;
    } catch (const std::exception& error) {
        return printable(error.what(), 200);
    }
}

Validator::Validator(Poco::JSON::Object::Ptr schema) : schema_(std::move(schema)) {
    if (auto problem = structural_problem(schema_)) {
        broken_ = *problem;
        return;
    }
    try {
        auto compiled = std::make_unique<Compiled>();
        compiled->prepared = prepare_schema(schema_);
        compile(schema_, compiled->schema);
        compiled_ = std::move(compiled);
    } catch (const std::exception& error) {
        broken_ = printable(error.what(), 200);
    }
}

Validator::~Validator() = default;

Diagnostics Validator::check(const Poco::Dynamic::Var& instance, const std::string& file,
                             const std::string& pointer) const {
    if (!compiled_)
        return {{file, pointer, 0, 0, "the schema for this is broken", broken_, false}};
    try {
        Diagnostics problems;
        find_hostile_values(instance, file, pointer, problems);
        if (!problems.empty())
            return problems;
        problems = explain(compiled_->prepared, schema_, instance, file, pointer);
        if (problems.size() == kMostProblems)
            problems.push_back({file, pointer, 0, 0, "there may be more mistakes", "these are the first", false});
        if (!problems.empty())
            return problems;
        valijson::ValidationResults results;
        valijson::Validator judge(valijson::Validator::kStrongTypes);
        if (!judge.validate(compiled_->schema, valijson::adapters::PocoJsonAdapter(instance), &results))
            return leaf_errors(results, file, pointer);
        return {};
    } catch (const std::exception& error) {
        return {{file, pointer, 0, 0, "a value that cannot be checked", printable(error.what(), 200), false}};
    }
}

bool Validator::admits(const Poco::Dynamic::Var& schema, const Poco::Dynamic::Var& value) const {
    if (!compiled_)
        return false;
    try {
        return explain(compiled_->prepared, schema, value, {}, {}).empty();
    } catch (const std::exception&) {
        return false;
    }
}

} // namespace ferry
