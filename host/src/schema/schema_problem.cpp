#include "schema/schema_problem.hpp"

#include "document/text.hpp"
#include "schema/pattern.hpp"
#include "schema/schema_walk.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <vector>

namespace ferry {

namespace {

constexpr std::size_t kMostSubschemas = 10000;
constexpr std::array kTypes = {"null", "boolean", "integer", "number", "string", "array", "object"};
// Those of a schema's keywords that apply to the same value: a circle through them alone would never end.
constexpr std::array kSameValue = {"/anyOf/", "/oneOf/", "/allOf/", "/not", "/if", "/then", "/else"};

bool is_known_type(const Json& type) {
    return std::find(kTypes.begin(), kTypes.end(), text_of(type)) != kTypes.end();
}

bool is_text_array(const Json& value) {
    const auto array = array_of(value);
    return array &&
           std::all_of(array->begin(), array->end(), [](const Json& item) { return kind_of(item) == JsonKind::text; });
}

bool compiles(const std::string& pattern) {
    return Pattern::compile(pattern).has_value();
}

bool type_is_right(const Json& type) {
    if (const auto types = array_of(type))
        return types->size() > 0 && std::all_of(types->begin(), types->end(), is_known_type);
    return is_known_type(type);
}

bool limits_are_right(const JsonObject& schema) {
    for (const char* key : {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
        if (schema.has(key) && kind_of(schema.get(key)) != JsonKind::integer &&
            kind_of(schema.get(key)) != JsonKind::number)
            return false;
    for (const char* key : {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})
        if (schema.has(key) && (kind_of(schema.get(key)) != JsonKind::integer || schema.get(key) < 0))
            return false;
    return !schema.has("multipleOf") || schema.get("multipleOf").convert<double>() > 0;
}

bool patterns_are_right(const JsonObject& schema) {
    if (schema.has("pattern") &&
        (kind_of(schema.get("pattern")) != JsonKind::text || !compiles(text_of(schema.get("pattern")))))
        return false;
    const auto by_pattern = object_of(schema.get("patternProperties"));
    if (!by_pattern)
        return !schema.has("patternProperties");
    const auto names = by_pattern->getNames();
    return std::all_of(names.begin(), names.end(), compiles);
}

bool has_kind(const JsonObject& schema, const char* key, JsonKind kind) {
    return !schema.has(key) || kind_of(schema.get(key)) == kind;
}

// The keyword of `schema` that is of the wrong kind; null if all are right.
const char* wrong_keyword(const JsonObject& schema) {
    if (schema.has("type") && !type_is_right(schema.get("type")))
        return "type";
    if (!limits_are_right(schema))
        return "a limit";
    if (!patterns_are_right(schema))
        return "pattern";
    if (schema.has("required") && !is_text_array(schema.get("required")))
        return "required";
    for (const char* key : {"properties", "definitions", "dependencies"})
        if (!has_kind(schema, key, JsonKind::object))
            return key;
    for (const char* key : {"enum", "anyOf", "oneOf", "allOf", "examples"})
        if (!has_kind(schema, key, JsonKind::array))
            return key;
    return has_kind(schema, "$ref", JsonKind::text) ? nullptr : "$ref";
}

std::string place_name(const std::string& pointer) {
    return pointer.empty() ? "its top" : printable(pointer, 200);
}

// All subschemas by their pointer, and from each those that apply to the same value.
class SchemaMap {
  public:
    // False if there are too many.
    bool add(const std::string& pointer, const Json& place) {
        const auto schema = object_of(place);
        schemas_[pointer] = schema;
        if (!schema)
            return true;
        bool room = schemas_.size() <= kMostSubschemas;
        for_each_subschema(*schema, [&](const std::string& below, const Json& inner) {
            const bool same = std::any_of(kSameValue.begin(), kSameValue.end(),
                                          [&](std::string_view key) { return below.starts_with(key); });
            if (same)
                edges_[pointer].push_back(pointer + below);
            room = room && add(pointer + below, inner);
        });
        if (kind_of(schema->get("$ref")) == JsonKind::text)
            edges_[pointer] = {text_of(schema->get("$ref"))};
        return room;
    }

    std::optional<std::string> problem() {
        for (const auto& [pointer, schema] : schemas_)
            if (const char* keyword = schema ? wrong_keyword(*schema) : nullptr)
                return std::string(keyword) + " is wrong at " + place_name(pointer);
        for (auto& [pointer, targets] : edges_)
            for (std::string& target : targets)
                if (!resolve(target))
                    return "$ref " + in_quotes(target) + " at " + place_name(pointer) + " leads to no schema in it";
        for (const auto& [pointer, schema] : schemas_)
            if (circles(pointer))
                return "$ref at " + place_name(pointer) + " leads in a circle";
        return std::nullopt;
    }

  private:
    bool resolve(std::string& target) const {
        if (target.starts_with('#'))
            target.erase(0, 1);
        else if (!schemas_.count(target))
            return false;
        return schemas_.count(target) > 0;
    }

    bool circles(const std::string& pointer) {
        const auto [state, first] = visited_.try_emplace(pointer, false);
        if (!first)
            return !state->second; // met again while still on the way
        for (const std::string& target : edges_[pointer])
            if (circles(target))
                return true;
        return visited_[pointer] = true, false;
    }

    std::map<std::string, JsonObject::Ptr> schemas_;
    std::map<std::string, std::vector<std::string>> edges_;
    std::map<std::string, bool> visited_; // true: seen to the end
};

} // namespace

std::optional<std::string> structural_problem(const JsonObject::Ptr& schema) {
    if (!schema)
        return "it is no JSON object";
    SchemaMap map;
    if (!map.add("", schema))
        return "it holds more than " + std::to_string(kMostSubschemas) + " schemas";
    return map.problem();
}

} // namespace ferry
