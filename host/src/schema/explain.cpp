#include "schema/explain.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "schema/describe_schema.hpp"
#include "schema/schema_walk.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <stdexcept>
#include <string_view>

namespace ferry {

namespace {

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_type(JsonKind kind, const std::string& type) {
    switch (kind) {
    case JsonKind::null:
        return type == "null";
    case JsonKind::boolean:
        return type == "boolean";
    case JsonKind::integer:
        return type == "integer" || type == "number";
    case JsonKind::number:
        return type == "number";
    case JsonKind::text:
        return type == "string";
    case JsonKind::array:
        return type == "array";
    case JsonKind::object:
        return type == "object";
    }
    return false;
}

bool admits_kind(const JsonObject& schema, JsonKind kind) {
    if (const auto types = array_of(schema.get("type")))
        return std::any_of(types->begin(), types->end(), [&](const Json& t) { return is_type(kind, text_of(t)); });
    return !schema.has("type") || is_type(kind, text_of(schema.get("type")));
}

// True for {"required": [...]} alone, the usual branch of "exactly one of these keys".
bool only_requires(const Json& branch) {
    const auto object = object_of(branch);
    return object && object->size() == 1 && array_of(object->get("required"));
}

std::string required_names(const JsonArray& branches) {
    std::vector<std::string> names;
    for (const Json& branch : branches) {
        std::vector<std::string> together;
        const auto required = array_of(object_of(branch)->get("required"));
        for (const Json& name : *required)
            together.push_back(in_quotes(text_of(name)));
        names.push_back(listed(together, " with "));
    }
    return listed(names);
}

class Explainer {
  public:
    Explainer(const PreparedSchema& prepared, const std::string& file) : prepared_(prepared), file_(file) {}

    void at(const Json& place, const Json& value, const std::string& pointer);
    Diagnostics take() { return std::move(problems_); }

  private:
    void say(const std::string& pointer, std::string found, std::string allowed) {
        if (problems_.size() < kMostProblems)
            problems_.push_back({file_, pointer, 0, 0, std::move(found), std::move(allowed), false});
    }
    void mismatch(const Json& place, const Json& value, const std::string& pointer) {
        const std::string example = instead_of_scalar(prepared_.root, place, value);
        say(pointer, describe_value(value),
            did_you_mean(text_of(value), named_values(prepared_.root, place)) +
                (example.empty() ? "allowed: " + describe_schema(prepared_.root, place) : example));
    }
    void say_of_key(const std::string& pointer, std::string found, std::string allowed) {
        if (problems_.size() < kMostProblems)
            problems_.push_back({file_, pointer, 0, 0, std::move(found), std::move(allowed), false, true});
    }
    Diagnostics problems_of(const Json& schema, const Json& value, const std::string& pointer) const {
        return explain(prepared_, schema, value, file_, pointer);
    }
    bool fits(const Json& schema, const Json& value) const { return problems_of(schema, value, "").empty(); }

    bool value_fits(const JsonObject& schema, const Json& value) const;
    bool number_fits(const JsonObject& schema, const Json& value) const;
    bool text_fits(const JsonObject& schema, const std::string& text) const;
    void array(const JsonObject& schema, const JsonArray& array, const std::string& pointer);
    void array_size(const JsonObject& schema, const JsonArray& array, const std::string& pointer);
    void object(const JsonObject& schema, const JsonObject& object, const std::string& pointer);
    void object_size(const JsonObject& schema, const JsonObject& object, const std::string& pointer);
    void keys(const JsonObject& schema, const JsonObject& object, const std::string& pointer);
    bool matched_by_pattern(const JsonObject& schema, const std::string& key, const Json& value,
                            const std::string& pointer);
    void other_key(const JsonObject& schema, const std::string& key, const Json& value, const std::string& pointer);
    void unknown_key(const JsonObject& schema, const std::string& key, const std::string& pointer);
    void dependencies(const JsonObject& schema, const Json& value, const std::string& pointer);
    void combined(const Json& place, const JsonObject& schema, const Json& value, const std::string& pointer);
    void one_branch(const Json& place, const JsonArray& branches, const Json& value, const std::string& pointer,
                    bool exactly);
    void no_branch(const Json& place, const JsonArray& branches, std::vector<Diagnostics> problems, const Json& value,
                   const std::string& pointer, bool exactly);

    const PreparedSchema& prepared_;
    const std::string& file_;
    Diagnostics problems_;
};

void Explainer::at(const Json& place, const Json& value, const std::string& pointer) {
    const Json target = dereference(prepared_.root, place);
    if (kind_of(target) == JsonKind::boolean && !is_true(target))
        return say(pointer, describe_value(value), "nothing is allowed here");
    const auto schema = object_of(target);
    if (!schema)
        return;
    if (!admits_kind(*schema, kind_of(value)) || !value_fits(*schema, value))
        return mismatch(place, value, pointer);
    if (const auto items = array_of(value))
        array(*schema, *items, pointer);
    if (const auto members = object_of(value))
        object(*schema, *members, pointer);
    combined(place, *schema, value, pointer);
}

bool Explainer::value_fits(const JsonObject& schema, const Json& value) const {
    if (schema.has("const") && !json_equal(schema.get("const"), value))
        return false;
    if (const auto values = array_of(schema.get("enum")))
        if (std::none_of(values->begin(), values->end(), [&](const Json& v) { return json_equal(v, value); }))
            return false;
    switch (kind_of(value)) {
    case JsonKind::integer:
    case JsonKind::number:
        return number_fits(schema, value);
    case JsonKind::text:
        return text_fits(schema, value.convert<std::string>());
    default:
        return true;
    }
}

bool Explainer::number_fits(const JsonObject& schema, const Json& value) const {
    const auto as_double = [](const Json& number) { return number.convert<double>(); };
    const auto holds = [&](const char* key, auto compare) {
        const Json limit = schema.get(key);
        if (kind_of(limit) == JsonKind::integer && kind_of(value) == JsonKind::integer)
            return compare(value.convert<Poco::Int64>(), limit.convert<Poco::Int64>());
        return limit.isEmpty() || kind_of(limit) == JsonKind::boolean || compare(as_double(value), as_double(limit));
    };
    if (!holds("minimum", std::greater_equal<>()) || !holds("maximum", std::less_equal<>()) ||
        !holds("exclusiveMinimum", std::greater<>()) || !holds("exclusiveMaximum", std::less<>()))
        return false;
    const Json step = schema.get("multipleOf");
    return step.isEmpty() || std::remainder(as_double(value), as_double(step)) == 0;
}

bool Explainer::text_fits(const JsonObject& schema, const std::string& text) const {
    const std::size_t length = characters(text);
    if (schema.has("minLength") && length < schema.get("minLength").convert<std::size_t>())
        return false;
    if (schema.has("maxLength") && length > schema.get("maxLength").convert<std::size_t>())
        return false;
    if (!schema.has("pattern"))
        return true;
    return prepared_.patterns.at(text_of(schema.get("pattern"))).found_in(text);
}

void Explainer::array_size(const JsonObject& schema, const JsonArray& array, const std::string& pointer) {
    const bool few = schema.has("minItems") && array.size() < schema.get("minItems").convert<std::size_t>();
    const bool many = schema.has("maxItems") && array.size() > schema.get("maxItems").convert<std::size_t>();
    if (few || many)
        say(pointer, array.empty() ? "an empty array" : "an array of " + std::to_string(array.size()) + " items",
            std::string("allowed: ") + (few ? "at least " : "at most ") +
                to_json(schema.get(few ? "minItems" : "maxItems")));
    if (!is_true(schema.get("uniqueItems")))
        return;
    std::set<std::string> seen; // as text: near enough to equality, and not quadratic
    std::size_t index = 0;
    for (const Json& item : array) {
        if (!seen.insert(to_json(item)).second)
            say(child_pointer(pointer, index), describe_value(item) + " a second time",
                "each item may stand here once");
        ++index;
    }
}

void Explainer::array(const JsonObject& schema, const JsonArray& array, const std::string& pointer) {
    array_size(schema, array, pointer);
    const Json items = schema.get("items");
    const auto tuple = array_of(items);
    std::size_t index = 0;
    for (const Json& item : array) {
        const Json place = !tuple                  ? items
                           : index < tuple->size() ? tuple->get(static_cast<unsigned>(index))
                                                   : schema.get("additionalItems");
        if (!place.isEmpty())
            at(place, item, child_pointer(pointer, index));
        ++index;
    }
    if (schema.has("contains") &&
        std::none_of(array.begin(), array.end(), [&](const Json& item) { return fits(schema.get("contains"), item); }))
        say(pointer, "an array without a needed item",
            "needed: " + describe_schema(prepared_.root, schema.get("contains")));
}

void Explainer::object_size(const JsonObject& schema, const JsonObject& object, const std::string& pointer) {
    const bool few = schema.has("minProperties") && object.size() < schema.get("minProperties").convert<std::size_t>();
    const bool many = schema.has("maxProperties") && object.size() > schema.get("maxProperties").convert<std::size_t>();
    if (few || many)
        say(pointer, "an object of " + std::to_string(object.size()) + " keys",
            std::string("allowed: ") + (few ? "at least " : "at most ") +
                to_json(schema.get(few ? "minProperties" : "maxProperties")));
}

void Explainer::object(const JsonObject& schema, const JsonObject& object, const std::string& pointer) {
    object_size(schema, object, pointer);
    keys(schema, object, pointer);
    const auto required = array_of(schema.get("required"));
    if (!required)
        return;
    const auto properties = object_of(schema.get("properties"));
    for (const Json& name : *required) {
        const std::string key = text_of(name);
        if (object.has(key))
            continue;
        const std::string what =
            properties && properties->has(key) ? describe_schema(prepared_.root, properties->get(key)) : "this key";
        say(pointer, in_quotes(key) + " is missing", "needed: " + what);
    }
}

void Explainer::keys(const JsonObject& schema, const JsonObject& object, const std::string& pointer) {
    const auto properties = object_of(schema.get("properties"));
    for (const std::string& key : object.getNames()) {
        const Json value = object.get(key);
        const std::string place = child_pointer(pointer, key);
        if (schema.has("propertyNames") && !fits(schema.get("propertyNames"), key))
            say_of_key(place, "the key " + in_quotes(key),
                       "allowed as a key: " + describe_schema(prepared_.root, schema.get("propertyNames")));
        const bool declared = properties && properties->has(key);
        if (declared)
            at(properties->get(key), value, place);
        if (!matched_by_pattern(schema, key, value, place) && !declared)
            other_key(schema, key, value, place);
    }
}

bool Explainer::matched_by_pattern(const JsonObject& schema, const std::string& key, const Json& value,
                                   const std::string& pointer) {
    const auto by_pattern = object_of(schema.get("patternProperties"));
    bool matched = false;
    if (!by_pattern)
        return false;
    for (const auto& [pattern, place] : *by_pattern) {
        if (!prepared_.patterns.at(pattern).found_in(key))
            continue;
        matched = true;
        at(place, value, pointer);
    }
    return matched;
}

void Explainer::other_key(const JsonObject& schema, const std::string& key, const Json& value,
                          const std::string& pointer) {
    const Json others = schema.get("additionalProperties");
    if (kind_of(others) == JsonKind::boolean && !is_true(others))
        return unknown_key(schema, key, pointer);
    if (!others.isEmpty())
        at(others, value, pointer);
}

void Explainer::unknown_key(const JsonObject& schema, const std::string& key, const std::string& pointer) {
    const auto properties = object_of(schema.get("properties"));
    const auto names = properties ? properties->getNames() : JsonObject::NameList();
    say_of_key(pointer, "unknown key " + in_quotes(key),
               did_you_mean(key, names) +
                   (names.empty() ? "no keys are allowed here" : "allowed keys: " + listed(names, " and ")));
}

void Explainer::dependencies(const JsonObject& schema, const Json& value, const std::string& pointer) {
    const auto needs = object_of(schema.get("dependencies"));
    const auto object = object_of(value);
    if (!needs || !object)
        return;
    for (const auto& [key, need] : *needs) {
        if (!object->has(key))
            continue;
        const auto names = array_of(need);
        if (!names) {
            at(need, value, pointer);
            continue;
        }
        for (const Json& name : *names)
            if (!object->has(text_of(name)))
                say(pointer, in_quotes(key) + " without " + in_quotes(text_of(name)), "allowed: both together");
    }
}

void Explainer::combined(const Json& place, const JsonObject& schema, const Json& value, const std::string& pointer) {
    if (const auto all = array_of(schema.get("allOf")))
        for (const Json& branch : *all)
            at(branch, value, pointer);
    if (const auto any = array_of(schema.get("anyOf")))
        one_branch(place, *any, value, pointer, false);
    if (const auto one = array_of(schema.get("oneOf")))
        one_branch(place, *one, value, pointer, true);
    dependencies(schema, value, pointer);
    if (schema.has("not") && fits(schema.get("not"), value))
        say(pointer, describe_value(value), "not allowed: " + describe_schema(prepared_.root, schema.get("not")));
    if (schema.has("if")) {
        const char* then = fits(schema.get("if"), value) ? "then" : "else";
        if (schema.has(then))
            at(schema.get(then), value, pointer);
    }
}

void Explainer::one_branch(const Json& place, const JsonArray& branches, const Json& value, const std::string& pointer,
                           bool exactly) {
    // Each branch is walked once: twice would be twice for each level of what is nested.
    std::vector<Diagnostics> problems;
    for (const Json& branch : branches)
        problems.push_back(problems_of(branch, value, pointer));
    const auto fitting =
        std::count_if(problems.begin(), problems.end(), [](const Diagnostics& found) { return found.empty(); });
    if (fitting == 1 || (fitting > 1 && !exactly))
        return;
    if (fitting == 0)
        return no_branch(place, branches, std::move(problems), value, pointer, exactly);
    if (std::all_of(branches.begin(), branches.end(), only_requires))
        return say(pointer, "more than one of " + required_names(branches), "allowed: exactly one of them");
    say(pointer, describe_value(value),
        "fits more than one of what is allowed, but must fit one: " + describe_schema(prepared_.root, place));
}

void Explainer::no_branch(const Json& place, const JsonArray& branches, std::vector<Diagnostics> problems,
                          const Json& value, const std::string& pointer, bool exactly) {
    if (kind_of(value) == JsonKind::object && std::all_of(branches.begin(), branches.end(), only_requires))
        return say(pointer, "none of " + required_names(branches) + " is given",
                   exactly ? "needed: exactly one of them" : "needed: at least one of them");
    // Only one branch may be meant by a value of this kind: then its problems say more than the whole list would.
    Diagnostics* meant = nullptr;
    for (std::size_t i = 0; i < problems.size(); ++i) {
        const auto schema = object_of(dereference(prepared_.root, branches.get(static_cast<unsigned>(i))));
        if (!schema || !admits_kind(*schema, kind_of(value)) || schema->has("const") || schema->has("enum"))
            continue;
        if (meant)
            return mismatch(place, value, pointer);
        meant = &problems[i];
    }
    if (!meant || !(kind_of(value) == JsonKind::object || kind_of(value) == JsonKind::array))
        return mismatch(place, value, pointer);
    for (Diagnostic& problem : *meant)
        if (problems_.size() < kMostProblems)
            problems_.push_back(std::move(problem));
}

} // namespace

PreparedSchema prepare_schema(const JsonObject::Ptr& root) {
    PreparedSchema prepared{root, {}};
    const auto add = [&](const std::string& text) {
        const auto pattern = Pattern::compile(text);
        if (!pattern)
            throw std::invalid_argument("the pattern " + text + " does not compile");
        prepared.patterns.try_emplace(text, *pattern);
    };
    std::function<void(const Json&)> collect = [&](const Json& place) {
        const auto schema = object_of(place);
        if (!schema)
            return;
        if (schema->has("pattern"))
            add(text_of(schema->get("pattern")));
        if (const auto by_pattern = object_of(schema->get("patternProperties")))
            for (const std::string& pattern : by_pattern->getNames())
                add(pattern);
        for_each_subschema(*schema, [&](const std::string&, const Json& inner) { collect(inner); });
    };
    collect(root);
    return prepared;
}

Diagnostics explain(const PreparedSchema& prepared, const Json& schema, const Json& value, const std::string& file,
                    const std::string& pointer) {
    Explainer explainer(prepared, file);
    explainer.at(schema, value, pointer);
    return explainer.take();
}

} // namespace ferry
