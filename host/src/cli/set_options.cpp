#include "cli/set_options.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "workflow/load.hpp"

#include <algorithm>
#include <cstddef>

namespace ferry {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Object;

Var value_of(const std::string& text) {
    const JsonResult parsed = parse_json(text);
    if (const auto* value = std::get_if<Var>(&parsed))
        return *value;
    return Var(text);
}

constexpr std::ptrdiff_t most_dots = 60; // JSON files may not be nested much deeper either

// Why the key cannot be set; empty if it is.
std::string set_value(Object::Ptr object, const std::string& key, const std::string& text) {
    std::string_view rest = key;
    if (std::count(key.begin(), key.end(), '.') > most_dots)
        return "the key has more than " + std::to_string(most_dots + 1) + " parts";
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
        const std::string name(rest.substr(0, dot));
        rest.remove_prefix(dot + 1);
        if (name.empty())
            return "a part of the key is empty";
        if (!object->has(name))
            object->set(name, Object::Ptr(new Object(Poco::JSON_PRESERVE_KEY_ORDER)));
        object = object->getObject(name);
        if (!object)
            return "'" + printable(name) + "' is set already and is no object";
    }
    if (rest.empty())
        return "a part of the key is empty";
    object->set(std::string(rest), value_of(text));
    return {};
}

} // namespace

Object::Ptr task_options(const std::string& file, const std::vector<std::pair<std::string, std::string>>& sets,
                         Diagnostics& problems) {
    Object::Ptr options =
        file.empty() ? Object::Ptr(new Object(Poco::JSON_PRESERVE_KEY_ORDER)) : read_json_object(file, problems);
    for (const auto& [key, text] : sets) {
        const std::string reason = options ? set_value(options, key, text) : std::string();
        if (reason.empty())
            continue;
        Diagnostic made;
        made.found = "--set " + printable(key);
        made.allowed = reason;
        problems.push_back(std::move(made));
    }
    return has_errors(problems) ? Object::Ptr() : options;
}

} // namespace ferry
