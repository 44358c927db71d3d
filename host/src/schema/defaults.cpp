#include "schema/defaults.hpp"

#include "schema/schema_walk.hpp"

namespace ferry {

namespace {

Json filled(const JsonObject::Ptr& root, const Json& place, const Json& value);

Json default_of(const JsonObject::Ptr& root, const Json& place) {
    const auto own = object_of(place);
    if (own && own->has("default"))
        return own->get("default");
    const auto target = object_of(dereference(root, place));
    return target ? target->get("default") : Json();
}

JsonObject::Ptr filled_object(const JsonObject::Ptr& root, const JsonObject& schema, const JsonObject& value) {
    auto out = new_object();
    const auto properties = object_of(schema.get("properties"));
    for (const std::string& key : value.getNames()) {
        const Json place = properties ? properties->get(key) : Json();
        out->set(key, filled(root, place.isEmpty() ? schema.get("additionalProperties") : place, value.get(key)));
    }
    if (!properties)
        return out;
    for (const std::string& key : properties->getNames()) {
        const Json place = properties->get(key);
        const Json missing = value.has(key) ? Json() : default_of(root, place);
        if (!missing.isEmpty())
            out->set(key, filled(root, place, missing));
    }
    return out;
}

Json filled_array(const JsonObject::Ptr& root, const JsonObject& schema, const JsonArray& value) {
    JsonArray::Ptr out = new JsonArray;
    const Json items = array_of(schema.get("items")) ? Json() : schema.get("items");
    for (const Json& item : value)
        out->add(filled(root, items, item));
    return out;
}

Json filled(const JsonObject::Ptr& root, const Json& place, const Json& value) {
    const auto schema = object_of(dereference(root, place));
    const auto object = object_of(value);
    const auto array = array_of(value);
    if (schema && object)
        return filled_object(root, *schema, *object);
    if (schema && array)
        return filled_array(root, *schema, *array);
    return deep_copy(value);
}

} // namespace

JsonObject::Ptr with_defaults(const JsonObject::Ptr& schema, const JsonObject& options) {
    return filled_object(schema, *schema, options);
}

} // namespace ferry
