#include "schema/json_value.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"

namespace ferry {

JsonKind kind_of(const Json& value) {
    if (value.isEmpty())
        return JsonKind::null;
    if (value.type() == typeid(JsonObject::Ptr))
        return value.extract<JsonObject::Ptr>() ? JsonKind::object : JsonKind::null;
    if (value.type() == typeid(JsonArray::Ptr))
        return value.extract<JsonArray::Ptr>() ? JsonKind::array : JsonKind::null;
    if (value.isString())
        return JsonKind::text;
    if (value.isBoolean())
        return JsonKind::boolean;
    return value.isInteger() ? JsonKind::integer : JsonKind::number;
}

JsonObject::Ptr object_of(const Json& value) {
    return kind_of(value) == JsonKind::object ? value.extract<JsonObject::Ptr>() : JsonObject::Ptr();
}

JsonArray::Ptr array_of(const Json& value) {
    return kind_of(value) == JsonKind::array ? value.extract<JsonArray::Ptr>() : JsonArray::Ptr();
}

Json member(const JsonObject& object, const std::string& key) {
    return object.get(key);
}

std::string text_of(const Json& value) {
    return kind_of(value) == JsonKind::text ? value.convert<std::string>() : std::string();
}

bool is_true(const Json& value) {
    return kind_of(value) == JsonKind::boolean && value.convert<bool>();
}

JsonObject::Ptr new_object() {
    return new JsonObject(Poco::JSON_PRESERVE_KEY_ORDER);
}

Json deep_copy(const Json& value) {
    if (const auto object = object_of(value)) {
        auto copy = new_object();
        for (const std::string& key : object->getNames())
            copy->set(key, deep_copy(object->get(key)));
        return copy;
    }
    if (const auto array = array_of(value)) {
        JsonArray::Ptr copy = new JsonArray;
        for (const Json& item : *array)
            copy->add(deep_copy(item));
        return copy;
    }
    return value;
}

namespace {

bool objects_equal(const JsonObject& left, const JsonObject& right) {
    if (left.size() != right.size())
        return false;
    for (const auto& [key, value] : left)
        if (!right.has(key) || !json_equal(value, right.get(key)))
            return false;
    return true;
}

bool arrays_equal(const JsonArray& left, const JsonArray& right) {
    if (left.size() != right.size())
        return false;
    auto other = right.begin();
    for (const Json& item : left)
        if (!json_equal(item, *other++))
            return false;
    return true;
}

bool is_number(JsonKind kind) {
    return kind == JsonKind::integer || kind == JsonKind::number;
}

// Wide enough for every 64-bit integer and every double.
long double number_of(const Json& value) {
    if (kind_of(value) != JsonKind::integer)
        return static_cast<long double>(value.convert<double>());
    return value.isSigned() ? static_cast<long double>(value.convert<Poco::Int64>())
                            : static_cast<long double>(value.convert<Poco::UInt64>());
}

} // namespace

bool json_equal(const Json& left, const Json& right) {
    const JsonKind kind = kind_of(left);
    if (is_number(kind) && is_number(kind_of(right)))
        return number_of(left) == number_of(right);
    if (kind != kind_of(right))
        return false;
    switch (kind) {
    case JsonKind::object:
        return objects_equal(*object_of(left), *object_of(right));
    case JsonKind::array:
        return arrays_equal(*array_of(left), *array_of(right));
    case JsonKind::text:
        return left.convert<std::string>() == right.convert<std::string>();
    case JsonKind::boolean:
        return left.convert<bool>() == right.convert<bool>();
    default:
        return true;
    }
}

std::string child_pointer(const std::string& pointer, std::string_view key) {
    std::string out = pointer + '/';
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::string child_pointer(const std::string& pointer, std::size_t index) {
    return pointer + '/' + std::to_string(index);
}

bool is_at_or_below(std::string_view pointer, std::string_view base) {
    return pointer.starts_with(base) && (pointer.size() == base.size() || pointer[base.size()] == '/');
}

std::string in_quotes(std::string_view text) {
    return '"' + printable(text, 100) + '"';
}

std::string describe_value(const Json& value) {
    switch (kind_of(value)) {
    case JsonKind::object:
        return "an object";
    case JsonKind::array:
        return "an array";
    case JsonKind::text:
        return in_quotes(value.convert<std::string>());
    default:
        return printable(to_json(value), 60);
    }
}

} // namespace ferry
