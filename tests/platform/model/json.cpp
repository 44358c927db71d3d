#include "model/json.hpp"

#include <limits>

namespace ferry::platform {

JsonObject::Ptr new_object() {
    return new JsonObject(Poco::JSON_PRESERVE_KEY_ORDER);
}

JsonArray::Ptr new_array() {
    return new JsonArray;
}

JsonObject::Ptr as_object(const Json& value) {
    return value.type() == typeid(JsonObject::Ptr) ? value.extract<JsonObject::Ptr>() : JsonObject::Ptr();
}

JsonArray::Ptr as_array(const Json& value) {
    return value.type() == typeid(JsonArray::Ptr) ? value.extract<JsonArray::Ptr>() : JsonArray::Ptr();
}

std::optional<std::string> as_text(const Json& value) {
    if (value.isEmpty() || !value.isString())
        return std::nullopt;
    return value.extract<std::string>();
}

std::optional<std::int64_t> as_integer(const Json& value) {
    if (value.isEmpty() || value.isBoolean() || !value.isInteger())
        return std::nullopt;
    if (value.isSigned())
        return value.convert<Poco::Int64>();
    const auto number = value.convert<Poco::UInt64>();
    if (number > static_cast<Poco::UInt64>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::optional<bool> as_bool(const Json& value) {
    if (value.isEmpty() || !value.isBoolean())
        return std::nullopt;
    return value.convert<bool>();
}

std::optional<std::string> text_of(const JsonObject& object, const std::string& key) {
    return as_text(object.get(key));
}

std::optional<std::int64_t> integer_of(const JsonObject& object, const std::string& key) {
    return as_integer(object.get(key));
}

bool has_value(const JsonObject& object, const std::string& key) {
    return !object.get(key).isEmpty();
}

JsonObject::Ptr to_object(const std::map<std::string, std::string>& map) {
    JsonObject::Ptr object = new_object();
    for (const auto& [key, value] : map)
        object->set(key, value);
    return object;
}

JsonArray::Ptr to_array(const std::vector<std::string>& list) {
    JsonArray::Ptr array = new_array();
    for (const std::string& item : list)
        array->add(item);
    return array;
}

} // namespace ferry::platform
