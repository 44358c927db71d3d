#include "schema/describe_schema.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "schema/schema_walk.hpp"

#include <algorithm>

namespace ferry {

namespace {

constexpr int kDepth = 3;             // of nested alternatives that are still spelled out
constexpr double kTechnical = 100000; // limits from here on only guard against nonsense, and help nobody from afar

// From where a schema is looked at.
struct View {
    const JsonObject::Ptr& root;
    bool described = false; // words are found already for what its patterns say
    int depth = kDepth;

    bool nested() const { return depth < kDepth; }
    View below() const { return {root, described, depth - 1}; }
};

std::string shape(const View& view, const Json& schema);

std::string number_text(const Json& value) {
    return printable(to_json(value), 30);
}

// " from 1 to 64", " of at least 3 ...": the limits of one kind of value.
std::string between(const View& view, const JsonObject& schema, const char* low, const char* high) {
    const Json from = schema.get(low);
    Json to = schema.get(high);
    if (view.nested() && to.isNumeric() && to.convert<double>() >= kTechnical)
        to.clear();
    if (!from.isEmpty() && !to.isEmpty())
        return number_text(from) + " to " + number_text(to);
    if (!from.isEmpty())
        return "at least " + number_text(from);
    return to.isEmpty() ? "" : "at most " + number_text(to);
}

std::string number_limits(const View& view, const JsonObject& schema) {
    std::string out;
    if (std::string range = between(view, schema, "minimum", "maximum"); !range.empty())
        out += (range.starts_with("at ") ? " of " : " from ") + range;
    if (schema.has("exclusiveMinimum"))
        out += " above " + number_text(schema.get("exclusiveMinimum"));
    if (schema.has("exclusiveMaximum"))
        out += " below " + number_text(schema.get("exclusiveMaximum"));
    if (schema.has("multipleOf"))
        out += ", a multiple of " + number_text(schema.get("multipleOf"));
    return out;
}

std::string text_limits(const View& view, const JsonObject& schema) {
    std::string out;
    if (std::string range = between(view, schema, "minLength", "maxLength"); !range.empty())
        out += " of " + range + " characters";
    if (schema.has("pattern") && !view.described)
        out += " like " + printable(text_of(schema.get("pattern")), 120);
    return out;
}

std::string array_shape(const View& view, const JsonObject& schema) {
    std::string out = "an array";
    if (std::string range = between(view, schema, "minItems", "maxItems"); !range.empty())
        out += " of " + range + " items";
    if (view.depth > 0 && kind_of(schema.get("items")) == JsonKind::object)
        if (std::string item = shape(view.below(), schema.get("items")); !item.empty())
            out += ", each " + item;
    return out;
}

std::string object_shape(const JsonObject& schema) {
    const auto properties = object_of(schema.get("properties"));
    if (!properties || properties->size() == 0)
        return "an object";
    return "an object with " + listed(properties->getNames(), " and ");
}

std::string type_shape(const View& view, const JsonObject& schema, const std::string& type) {
    if (type == "string")
        return "text" + text_limits(view, schema);
    if (type == "integer" || type == "number")
        return (type == "integer" ? "an integer" : "a number") + number_limits(view, schema);
    if (type == "boolean")
        return "true or false";
    if (type == "array")
        return array_shape(view, schema);
    return type == "object" ? object_shape(schema) : type;
}

void add_once(std::vector<std::string>& words, std::string word) {
    if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end())
        words.push_back(std::move(word));
}

std::string values_shape(const JsonArray& values) {
    std::vector<std::string> words;
    for (const Json& value : values)
        words.push_back(printable(to_json(value), 60));
    return (words.size() > 1 ? "one of " : "") + listed(words);
}

std::string branches_shape(const View& view, const JsonArray& branches) {
    if (view.depth <= 0)
        return {};
    std::vector<std::string> words;
    for (const Json& branch : branches)
        add_once(words, shape(view.below(), branch));
    return listed(words);
}

// Itself or in one of its branches.
bool has_pattern(const JsonObject::Ptr& root, const JsonObject& schema) {
    if (schema.has("pattern"))
        return true;
    for (const char* key : {"anyOf", "oneOf"})
        if (const auto branches = array_of(schema.get(key)))
            for (const Json& branch : *branches)
                if (const auto object = object_of(dereference(root, branch)); object && object->has("pattern"))
                    return true;
    return false;
}

std::string object_schema_shape(const View& view, const JsonObject& schema) {
    if (schema.has("const"))
        return printable(to_json(schema.get("const")), 60);
    if (const auto values = array_of(schema.get("enum")))
        return values_shape(*values);
    std::vector<std::string> words;
    if (const auto types = array_of(schema.get("type")))
        for (const Json& type : *types)
            add_once(words, type_shape(view, schema, text_of(type)));
    else
        add_once(words, type_shape(view, schema, text_of(schema.get("type"))));
    if (!words.empty())
        return listed(words);
    for (const char* key : {"anyOf", "oneOf", "allOf"})
        if (const auto branches = array_of(schema.get(key)))
            return branches_shape(view, *branches);
    return {};
}

std::string shape(const View& view, const Json& schema) {
    const auto object = object_of(dereference(view.root, schema));
    if (!object)
        return {};
    const std::string description = text_of(object->get("description"));
    if (view.nested() && !description.empty() && has_pattern(view.root, *object))
        return printable(description, 300);
    return object_schema_shape(view, *object);
}

void add_named_values(const JsonObject::Ptr& root, const Json& schema, int depth, std::vector<std::string>& words) {
    const auto object = object_of(dereference(root, schema));
    if (!object || depth == 0)
        return;
    const auto add = [&](const Json& value) {
        if (kind_of(value) == JsonKind::text)
            add_once(words, text_of(value));
    };
    add(object->get("const"));
    if (const auto values = array_of(object->get("enum")))
        for (const Json& value : *values)
            add(value);
    for (const char* key : {"anyOf", "oneOf", "allOf"})
        if (const auto branches = array_of(object->get(key)))
            for (const Json& branch : *branches)
                add_named_values(root, branch, depth - 1, words);
}

// Why a text that begins as JSON does is none; empty: it does not begin so.
std::string broken_json(const std::string& text) {
    if (!text.starts_with('[') && !text.starts_with('{'))
        return {};
    const JsonResult parsed = parse_json(text);
    const auto* error = std::get_if<JsonError>(&parsed);
    if (!error)
        return {};
    constexpr std::string_view known = "this is not valid JSON: ";
    return "it is not valid JSON: " +
           (error->message.starts_with(known) ? error->message.substr(known.size()) : error->message) + " (character " +
           std::to_string(error->column) + "); ";
}

} // namespace

std::vector<std::string> named_values(const JsonObject::Ptr& root, const Json& schema) {
    std::vector<std::string> words;
    add_named_values(root, schema, kDepth, words);
    return words;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
    const std::string near = word.empty() ? word : nearest(word, known);
    return near.empty() ? near : "did you mean " + in_quotes(near) + "? ";
}

std::string listed(const std::vector<std::string>& words, const std::string& last) {
    constexpr std::size_t kMost = 20;
    const std::size_t shown = std::min(words.size(), kMost);
    std::string out;
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0)
            out += i + 1 == words.size() ? last : ", ";
        out += printable(words[i], 4096);
    }
    return words.size() > shown ? out + " and " + std::to_string(words.size() - shown) + " more" : out;
}

std::string describe_schema(const JsonObject::Ptr& root, const Json& schema) {
    if (kind_of(schema) == JsonKind::boolean)
        return is_true(schema) ? "anything" : "nothing";
    const auto own = object_of(schema);
    const auto target = object_of(dereference(root, schema));
    if (!own || !target)
        return {};
    std::string description = text_of(own->get("description"));
    if (description.empty())
        description = text_of(target->get("description"));
    const std::string out = shape({root, !description.empty()}, schema);
    if (description.empty())
        return out.empty() ? "another value" : out;
    return out.empty() ? printable(description, 300) : out + " (" + printable(description, 300) + ")";
}

std::string instead_of_scalar(const JsonObject::Ptr& root, const Json& place, const Json& value) {
    const auto own = object_of(place);
    const auto target = object_of(dereference(root, place));
    if (!own || !target || kind_of(value) == JsonKind::array || kind_of(value) == JsonKind::object)
        return {};
    const std::string type = text_of(target->get("type"));
    auto examples = array_of(own->get("examples"));
    if (!examples)
        examples = array_of(target->get("examples"));
    if ((type != "array" && type != "object") || !examples || examples->size() == 0)
        return {};
    const std::string broken = kind_of(value) == JsonKind::text ? broken_json(value.convert<std::string>()) : "";
    return broken + "needed: an " + type + ", such as " + printable(to_json(examples->get(0)), 200) +
           (broken.empty() ? "" : ", between single quotes where a shell reads it");
}

} // namespace ferry
