#include "schema/place.hpp"

#include "schema/schema_walk.hpp"

#include <algorithm>

namespace ferry {

namespace {

constexpr std::size_t kMostSchemas = 64; // of one place; recursion in a schema may name ever more

// The schema and everything that it may stand for.
void expand(const JsonObject::Ptr& root, const Json& place, std::vector<JsonObject::Ptr>& out) {
    const auto schema = object_of(place);
    if (!schema || out.size() >= kMostSchemas ||
        std::any_of(out.begin(), out.end(), [&](const JsonObject::Ptr& known) { return known.get() == schema.get(); }))
        return;
    out.push_back(schema);
    for (const Json& alternative : alternatives(root, schema))
        expand(root, alternative, out);
}

Json simplest(const JsonObject& schema) {
    const std::string type = text_of(schema.get("type"));
    const Json low = schema.get("minimum");
    if (type == "integer" || type == "number")
        return low.isEmpty() ? Json(Poco::Int64(0)) : low;
    if (type == "boolean")
        return false;
    if (type == "array")
        return JsonArray::Ptr(new JsonArray);
    if (type == "object")
        return new_object();
    const Json length = schema.get("minLength");
    return std::string(
        kind_of(length) == JsonKind::integer ? std::min(length.convert<std::size_t>(), std::size_t(4096)) : 1, 'x');
}

// What one schema offers as samples, the best first.
std::vector<Json> offers(const JsonObject& schema) {
    std::vector<Json> out;
    if (const auto examples = array_of(schema.get("examples")))
        out.insert(out.end(), examples->begin(), examples->end());
    for (const char* key : {"default", "const"})
        if (schema.has(key))
            out.push_back(schema.get(key));
    if (const auto values = array_of(schema.get("enum")))
        out.insert(out.end(), values->begin(), values->end());
    return out;
}

} // namespace

Place::Place(std::shared_ptr<const Validator> validator) : validator_(std::move(validator)) {
    if (validator_)
        schemas_.push_back(validator_->schema());
}

Place::Place(std::shared_ptr<const Validator> validator, std::vector<Json> schemas)
    : validator_(std::move(validator))
    , schemas_(std::move(schemas)) {}

Place Place::child(const std::string& key) const {
    std::vector<JsonObject::Ptr> known;
    for (const Json& schema : schemas_)
        expand(validator_->schema(), schema, known);
    std::vector<Json> next;
    for (const auto& schema : known) {
        const auto properties = object_of(schema->get("properties"));
        if (properties && properties->has(key))
            next.push_back(properties->get(key));
        else if (kind_of(schema->get("additionalProperties")) == JsonKind::object)
            next.push_back(schema->get("additionalProperties"));
    }
    return Place(validator_, std::move(next));
}

Place Place::item(std::size_t index) const {
    std::vector<JsonObject::Ptr> known;
    for (const Json& schema : schemas_)
        expand(validator_->schema(), schema, known);
    std::vector<Json> next;
    for (const auto& schema : known) {
        const Json items = schema->get("items");
        if (const auto tuple = array_of(items)) {
            const bool inside = index < tuple->size();
            next.push_back(inside ? tuple->get(static_cast<unsigned>(index)) : schema->get("additionalItems"));
        } else if (!items.isEmpty()) {
            next.push_back(items);
        }
    }
    return Place(validator_, std::move(next));
}

bool Place::admits(const Json& value) const {
    return schemas_.empty() || std::any_of(schemas_.begin(), schemas_.end(),
                                           [&](const Json& schema) { return validator_->admits(schema, value); });
}

bool Place::has_format(const std::string& format) const {
    std::vector<JsonObject::Ptr> known;
    for (const Json& schema : schemas_)
        expand(validator_->schema(), schema, known);
    return std::any_of(known.begin(), known.end(),
                       [&](const JsonObject::Ptr& schema) { return text_of(schema->get("format")) == format; });
}

std::string Place::keyword(const std::string& name) const {
    std::vector<JsonObject::Ptr> known;
    for (const Json& schema : schemas_)
        expand(validator_->schema(), schema, known);
    for (const auto& schema : known)
        if (std::string text = text_of(schema->get(name)); !text.empty())
            return text;
    return {};
}

Json Place::sample() const {
    std::vector<JsonObject::Ptr> known;
    for (const Json& schema : schemas_)
        expand(validator_->schema(), schema, known);
    for (const auto& schema : known)
        for (const Json& offer : offers(*schema))
            if (admits(offer))
                return deep_copy(offer);
    for (const auto& schema : known)
        if (const Json value = simplest(*schema); admits(value))
            return value;
    return std::string();
}

} // namespace ferry
