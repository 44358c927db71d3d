#include "schema/schema_walk.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace ferry {

namespace {

constexpr std::array kOneSchema = {
    "additionalProperties", "additionalItems", "contains", "propertyNames", "not", "if", "then", "else"};
constexpr std::array kManySchemas = {"anyOf", "oneOf", "allOf"};
constexpr std::array kNamedSchemas = {"properties", "patternProperties", "definitions", "dependencies"};

// `dependencies` may hold arrays of names instead of schemas.
bool is_schema(const Json& value) {
    return kind_of(value) == JsonKind::object || kind_of(value) == JsonKind::boolean;
}

std::string unescaped(std::string token) {
    for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}})
        for (std::size_t at = token.find(from); at != std::string::npos; at = token.find(from, at + 1))
            token.replace(at, 2, to);
    return token;
}

Json step_down(const Json& value, const std::string& token) {
    if (const auto object = object_of(value))
        return object->get(token);
    const auto array = array_of(value);
    unsigned index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (!array || error != std::errc() || end != token.data() + token.size() || index >= array->size())
        return {};
    return array->get(index);
}

using ChangeAt = std::function<Json(const std::string&, const Json&)>;

Json map_array(const JsonArray& array, const std::string& pointer, const ChangeAt& change) {
    JsonArray::Ptr copy = new JsonArray;
    std::size_t index = 0;
    for (const Json& item : array) {
        copy->add(is_schema(item) ? change(child_pointer(pointer, index), item) : item);
        ++index;
    }
    return copy;
}

Json map_object(const JsonObject& object, const std::string& pointer, const ChangeAt& change) {
    auto copy = new_object();
    for (const std::string& key : object.getNames()) {
        const Json item = object.get(key);
        copy->set(key, is_schema(item) ? change(child_pointer(pointer, key), item) : item);
    }
    return copy;
}

JsonObject::Ptr map_at(const JsonObject& schema, const ChangeAt& change) {
    auto copy = new_object();
    for (const std::string& key : schema.getNames())
        copy->set(key, schema.get(key));
    for (const char* key : kOneSchema)
        if (is_schema(schema.get(key)))
            copy->set(key, change(child_pointer("", key), schema.get(key)));
    for (const char* key : kManySchemas)
        if (const auto array = array_of(schema.get(key)))
            copy->set(key, map_array(*array, child_pointer("", key), change));
    for (const char* key : kNamedSchemas)
        if (const auto object = object_of(schema.get(key)))
            copy->set(key, map_object(*object, child_pointer("", key), change));
    if (const auto tuple = array_of(schema.get("items")))
        copy->set("items", map_array(*tuple, "/items", change));
    else if (is_schema(schema.get("items")))
        copy->set("items", change("/items", schema.get("items")));
    return copy;
}

} // namespace

void for_each_subschema(const JsonObject& schema, const std::function<void(const std::string&, const Json&)>& visit) {
    map_at(schema, [&](const std::string& pointer, const Json& inner) {
        visit(pointer, inner);
        return inner;
    });
}

JsonObject::Ptr map_subschemas(const JsonObject& schema, const std::function<Json(const Json&)>& change) {
    return map_at(schema, [&](const std::string&, const Json& inner) { return change(inner); });
}

std::vector<Json> alternatives(const JsonObject::Ptr& root, const JsonObject::Ptr& schema) {
    if (schema->has("$ref"))
        return {dereference(root, schema)};
    std::vector<Json> out;
    for (const char* key : kManySchemas)
        if (const auto array = array_of(schema->get(key)))
            out.insert(out.end(), array->begin(), array->end());
    for (const char* key : {"then", "else"})
        if (is_schema(schema->get(key)))
            out.push_back(schema->get(key));
    return out;
}

Json dereference(const JsonObject::Ptr& root, const Json& schema) {
    Json current = schema;
    for (int hops = 0; hops < 32; ++hops) {
        const auto object = object_of(current);
        if (!object || !object->has("$ref"))
            return current;
        const std::string target = text_of(object->get("$ref"));
        if (target != "#" && !target.starts_with("#/"))
            return {};
        current = at_pointer(root, target.substr(1));
    }
    return {};
}

Json at_pointer(const Json& value, const std::string& pointer) {
    Json current = value;
    std::size_t begin = 0;
    while (begin < pointer.size()) {
        const std::size_t end = std::min(pointer.find('/', begin + 1), pointer.size());
        current = step_down(current, unescaped(pointer.substr(begin + 1, end - begin - 1)));
        begin = end;
    }
    return current;
}

} // namespace ferry
