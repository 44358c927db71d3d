// Strict reading of JSON: what is admitted is all there, prints and reads back as the same value.
#include "fuzz.hpp"

#include "document/strict_json.hpp"
#include "schema/hostile_values.hpp"
#include "schema/json_value.hpp"

using namespace ferry;

namespace {

struct Count {
    std::size_t objects = 0;
    std::size_t arrays = 0;
    std::size_t members = 0;
    bool operator==(const Count&) const = default;
};

// Of the text, by its punctuation outside of strings.
Count count_text(std::string_view text) {
    Count count;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted) {
            count.objects += text[i] == '{' ? 1 : 0;
            count.arrays += text[i] == '[' ? 1 : 0;
            count.members += text[i] == ':' ? 1 : 0;
        }
    }
    return count;
}

void count_value(const Json& value, Count& count) {
    if (const auto object = object_of(value)) {
        ++count.objects;
        for (const auto& [key, member] : *object) {
            ++count.members;
            count_value(member, count);
        }
    } else if (const auto array = array_of(value)) {
        ++count.arrays;
        for (const Json& item : *array)
            count_value(item, count);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::view(data, size);
    const JsonResult parsed = parse_json(text);
    if (const auto* error = std::get_if<JsonError>(&parsed)) {
        fuzz::require(error->line > 0 && error->column > 0, "an error has a place");
        fuzz::require(error->line <= size + 1 && error->column <= size + 4, "an error's place is in the text");
        fuzz::require_plain(error->message, "an error's message is plain");
        return 0;
    }
    const auto& value = std::get<Json>(parsed);
    Count count;
    count_value(value, count);
    fuzz::require(count == count_text(text), "nothing of the text is lost, no doubled key either");
    const std::string printed = to_json(value);
    const JsonResult again = parse_json(printed);
    const auto* same = std::get_if<Json>(&again);
    fuzz::require(same != nullptr, "what is admitted prints as what is admitted", printable(printed, 4096));
    fuzz::require(json_equal(value, *same), "what is printed reads back as the same", printable(printed, 4096));
    fuzz::require(json_equal(value, deep_copy(value)), "a copy equals what it was made from");
    fuzz::require_plain(describe_value(value), "a value in a message is plain");
    Diagnostics problems;
    find_hostile_values(value, "file", "", problems);
    for (const Diagnostic& problem : problems)
        fuzz::require_plain(to_text(problem), "a problem is plain");
    return 0;
}
