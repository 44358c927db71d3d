#include "platform/json_fields.hpp"

#include <algorithm>
#include <exception>
#include <limits>

namespace ferry {

std::optional<std::int64_t> integer_of(const Poco::Dynamic::Var& value) {
    if (value.isEmpty() || value.isBoolean() || !value.isInteger())
        return std::nullopt;
    try {
        return value.convert<Poco::Int64>();
    } catch (const std::exception&) { // above 63 bits
        return std::nullopt;
    }
}

std::optional<std::string> string_of(const Poco::Dynamic::Var& value) {
    if (value.type() != typeid(std::string))
        return std::nullopt;
    return value.extract<std::string>();
}

Result<JsonFields> JsonFields::parse(const std::string& body) {
    const JsonResult parsed = parse_json(body);
    if (const auto* error = std::get_if<JsonError>(&parsed))
        return Error{ErrorKind::platform, "it is not JSON: " + error->message};
    auto fields = from(std::get<Poco::Dynamic::Var>(parsed));
    if (!fields)
        return Error{ErrorKind::platform, "it is not a JSON object"};
    return std::move(*fields);
}

std::optional<JsonFields> JsonFields::from(const Poco::Dynamic::Var& value) {
    if (value.type() != typeid(Poco::JSON::Object::Ptr))
        return std::nullopt;
    return JsonFields(value.extract<Poco::JSON::Object::Ptr>());
}

bool JsonFields::has(const std::string& key) const {
    return !object_->get(key).isEmpty();
}

std::optional<std::string> JsonFields::text(const std::string& key, std::size_t limit) const {
    auto text = string_of(object_->get(key));
    if (!text || text->empty() || text->size() > limit)
        return std::nullopt;
    return text;
}

std::optional<std::string> JsonFields::word(const std::string& key, std::size_t limit) const {
    auto word = text(key, limit);
    if (!word || !std::all_of(word->begin(), word->end(), [](char c) { return c > 0x20 && c < 0x7f; }))
        return std::nullopt;
    return word;
}

std::optional<std::int64_t> JsonFields::integer(const std::string& key) const {
    return integer_of(object_->get(key));
}

std::optional<bool> JsonFields::boolean(const std::string& key) const {
    const Poco::Dynamic::Var value = object_->get(key);
    if (value.type() != typeid(bool))
        return std::nullopt;
    return value.extract<bool>();
}

std::optional<JsonFields> JsonFields::object(const std::string& key) const {
    return from(object_->get(key));
}

Poco::JSON::Array::Ptr JsonFields::array(const std::string& key) const {
    const Poco::Dynamic::Var value = object_->get(key);
    if (value.type() != typeid(Poco::JSON::Array::Ptr))
        return nullptr;
    return value.extract<Poco::JSON::Array::Ptr>();
}

} // namespace ferry
