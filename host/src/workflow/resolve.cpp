#include "workflow/resolve.hpp"

#include "document/glob.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"

#include <algorithm>
#include <optional>

namespace ferry {

namespace {

// Text for a value inside other text; nullopt for what has no plain one.
std::optional<std::string> plain_text(const Json& value) {
    switch (kind_of(value)) {
    case JsonKind::text:
        return value.convert<std::string>();
    case JsonKind::boolean:
    case JsonKind::integer:
    case JsonKind::number:
        return to_json(value);
    default:
        return std::nullopt;
    }
}

// Text from a variable that fills an option of another type: "8" for an integer.
Json typed(const Json& value, const Place& place) {
    if (kind_of(value) != JsonKind::text || place.admits(value))
        return value;
    const JsonResult parsed = parse_json(value.convert<std::string>());
    const auto* json = std::get_if<Json>(&parsed);
    return json && place.admits(*json) ? *json : value;
}

// What a reference stands for is data: where the schema says `"format": "glob"`, nothing in it is a wildcard.
std::string literal_at(const std::string& text, const Place& place) {
    std::string literal = as_literal(text);
    return literal == text || !place.has_format("glob") ? text : literal;
}

Json literal_at(const Json& value, const Place& place) {
    if (kind_of(value) == JsonKind::text)
        return literal_at(value.convert<std::string>(), place);
    const auto array = array_of(value);
    if (!array)
        return deep_copy(value);
    JsonArray::Ptr copy = new JsonArray;
    std::size_t index = 0;
    for (const Json& item : *array)
        copy->add(literal_at(item, place.item(index++)));
    return copy;
}

class Resolver {
  public:
    Resolver(const Lookup& lookup, StandIn stand_in, const std::string& file, const std::string& pointer)
        : lookup_(lookup)
        , stand_in_(stand_in)
        , file_(file)
        , base_(pointer) {}

    Json at(const Json& value, const Place& place, const std::string& pointer);
    Resolved result;

  private:
    Json text(const std::string& text, const Place& place, const std::string& pointer);
    Json alone(const Reference& reference, const Place& place, const std::string& pointer);
    Json stand_in(const std::string& words, const std::string& text, const Place& place, const std::string& pointer);
    // The text of one piece; nullopt if it is open. `shown` gets what people may read instead.
    std::optional<std::string> inside(const Piece& piece, const Place& place, const std::string& pointer,
                                      std::string& shown);
    void key(const std::string& key, const std::string& pointer);
    void say(const std::string& pointer, std::string found, std::string allowed) {
        result.problems.push_back({file_, base_ + pointer, 0, 0, std::move(found), std::move(allowed), false});
    }

    const Lookup& lookup_;
    const StandIn stand_in_;
    const std::string& file_;
    const std::string& base_;
};

Json Resolver::at(const Json& value, const Place& place, const std::string& pointer) {
    if (const auto object = object_of(value)) {
        auto copy = new_object();
        for (const std::string& name : object->getNames()) {
            const std::string below = child_pointer(pointer, name);
            key(name, below);
            copy->set(name, at(object->get(name), place.child(name), below));
        }
        return copy;
    }
    if (const auto array = array_of(value)) {
        JsonArray::Ptr copy = new JsonArray;
        std::size_t index = 0;
        for (const Json& item : *array) {
            copy->add(at(item, place.item(index), child_pointer(pointer, index)));
            ++index;
        }
        return copy;
    }
    return kind_of(value) == JsonKind::text ? text(value.convert<std::string>(), place, pointer) : value;
}

void Resolver::key(const std::string& name, const std::string& pointer) {
    if (name.find("${") != std::string::npos)
        say(pointer, "the key " + in_quotes(name), "references are not resolved in keys");
}

Json Resolver::text(const std::string& text, const Place& place, const std::string& pointer) {
    if (text.find("${") == std::string::npos)
        return text;
    const std::vector<Piece> pieces = parse_template(text);
    if (const Reference* reference = lone_reference(pieces))
        return alone(*reference, place, pointer);
    std::string known;
    std::string shown;
    bool open = false;
    for (const Piece& piece : pieces) {
        const auto part = inside(piece, place, pointer, shown);
        open = open || !part;
        known += part.value_or("");
    }
    return open ? stand_in(shown, text, place, pointer) : Json(known);
}

std::optional<std::string> Resolver::inside(const Piece& piece, const Place& place, const std::string& pointer,
                                            std::string& shown) {
    if (const auto* bad = std::get_if<BadReference>(&piece)) {
        say(pointer, in_quotes(bad->text) + " is no reference", bad->advice);
        return std::nullopt;
    }
    if (const auto* plain = std::get_if<std::string>(&piece)) {
        shown += *plain;
        return *plain;
    }
    const auto& reference = std::get<Reference>(piece);
    const Answer answer = lookup_(reference, pointer, false);
    if (const auto* known = std::get_if<Known>(&answer)) {
        auto plain = plain_text(known->value);
        if (!plain)
            say(pointer, in_quotes(reference.text) + " is " + describe_value(known->value),
                "only text, numbers and truth values can stand inside text: use one part of it, or the reference "
                "alone");
        shown += plain.value_or("");
        return plain ? std::optional(literal_at(*plain, place)) : std::nullopt;
    }
    if (const auto* wrong = std::get_if<Wrong>(&answer)) {
        say(pointer, wrong->found, wrong->allowed);
        return std::nullopt;
    }
    const Open& open = std::get<Open>(answer);
    result.complete = result.complete && open.secret;
    shown += open.words;
    return std::nullopt;
}

Json Resolver::alone(const Reference& reference, const Place& place, const std::string& pointer) {
    const Answer answer = lookup_(reference, pointer, true);
    if (const auto* known = std::get_if<Known>(&answer))
        return literal_at(typed(known->value, place), place);
    if (const auto* open = std::get_if<Open>(&answer)) {
        result.complete = result.complete && open->secret;
        return stand_in(open->words, reference.text, place, pointer);
    }
    const auto& wrong = std::get<Wrong>(answer);
    say(pointer, wrong.found, wrong.allowed);
    return stand_in("", reference.text, place, pointer);
}

Json Resolver::stand_in(const std::string& words, const std::string& text, const Place& place,
                        const std::string& pointer) {
    result.open.push_back(pointer);
    if (stand_in_ == StandIn::words)
        return words;
    return place.admits(text) ? Json(text) : place.sample();
}

bool step_into(Json& value, const std::variant<std::string, std::size_t>& step) {
    if (const auto* field = std::get_if<std::string>(&step)) {
        const auto object = object_of(value);
        if (!object || !object->has(*field))
            return false;
        value = object->get(*field);
        return true;
    }
    const auto array = array_of(value);
    const std::size_t index = std::get<std::size_t>(step);
    if (!array || index >= array->size())
        return false;
    value = array->get(static_cast<unsigned>(index));
    return true;
}

} // namespace

Resolved resolve(const JsonObject& options, const Place& place, const Lookup& lookup, StandIn stand_in,
                 const std::string& file, const std::string& pointer) {
    Resolver resolver(lookup, stand_in, file, pointer);
    // The object is read only; the pointer that the walk wants must not own it.
    auto copy = new_object();
    for (const std::string& name : options.getNames())
        copy->set(name, options.get(name));
    resolver.result.options = object_of(resolver.at(copy, place, ""));
    return std::move(resolver.result);
}

bool follow_path(Json& value, const Reference& reference, std::string& found) {
    for (const auto& step : reference.path) {
        const std::string before = describe_value(value);
        if (step_into(value, step))
            continue;
        const auto* field = std::get_if<std::string>(&step);
        const auto array = array_of(value);
        found = before + (array ? " of " + std::to_string(array->size()) : "") + " without " +
                (field ? "." + *field : "[" + std::to_string(std::get<std::size_t>(step)) + "]");
        return false;
    }
    return true;
}

Diagnostics without_open(Diagnostics problems, const std::vector<std::string>& open, const std::string& pointer) {
    std::erase_if(problems, [&](const Diagnostic& problem) {
        return std::any_of(open.begin(), open.end(),
                           [&](const std::string& place) { return is_at_or_below(problem.pointer, pointer + place); });
    });
    return problems;
}

} // namespace ferry
