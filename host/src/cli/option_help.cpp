#include "cli/option_help.hpp"

#include "cli/go_on.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"

#include <Poco/JSON/Array.h>

#include <algorithm>
#include <vector>

namespace ferry {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr int max_depth = 8; // a plugin's schema may refer to itself

std::string joined(const std::vector<std::string>& words, const std::string& between) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

// Cut behind each comma that is in no text, where a line may end.
std::vector<std::string> json_words(const Var& value) {
    std::vector<std::string> words(1);
    bool in_text = false;
    bool escaped = false;
    for (const char c : to_json(value)) {
        if (!escaped && c == '"')
            in_text = !in_text;
        escaped = in_text && !escaped && c == '\\';
        words.back() += c;
        if (!in_text && c == ':')
            words.back() += ' ';
        if (!in_text && c == ',')
            words.emplace_back();
    }
    for (std::string& word : words)
        word = printable(word);
    return words;
}

// {"required": [...]} alone: a choice between keys.
std::vector<std::string> required_of(const Object::Ptr& branch) {
    std::vector<std::string> names;
    if (const Array::Ptr required = branch && branch->size() == 1 ? branch->getArray("required") : Array::Ptr())
        for (const Var& name : *required)
            names.push_back(printable(name.toString()));
    return names;
}

class Help {
  public:
    explicit Help(Object::Ptr root, std::size_t columns) : root_(std::move(root)), columns_(columns) {}

    std::string of(const Object::Ptr& schema, const std::string& prefix, int depth) const {
        const Object::Ptr properties = schema->getObject("properties");
        if (!properties || depth > max_depth)
            return {};
        std::string text;
        for (const std::string& name : properties->getNames()) {
            const Object::Ptr property = properties->getObject(name);
            if (!property)
                continue;
            text += block(prefix + name, property, is_required(schema, name));
            if (const Object::Ptr target = resolved(property); target && target->has("properties"))
                text += of(target, prefix + name + ".", depth + 1);
            else if (const Object::Ptr item = item_object(target))
                text += of(item, prefix + name + "[].", depth + 1);
        }
        return text;
    }

    // Which keys are needed, of those that may stand for each other, and which go only together.
    std::string choices() const {
        std::string text;
        for (const auto& [key, quantity] :
             {std::pair("oneOf", "exactly one of "), std::pair("anyOf", "at least one of ")}) {
            std::vector<std::string> names;
            if (const Array::Ptr branches = root_->getArray(key))
                for (std::size_t i = 0; i < branches->size(); ++i)
                    if (auto required = required_of(branches->getObject(static_cast<unsigned>(i))); !required.empty())
                        names.push_back(joined(required, " with "));
            if (!names.empty())
                text += wrapped("  needed: ", quantity + joined(names, ", "), 10, columns_);
        }
        if (const Object::Ptr together = root_->getObject("dependencies"))
            for (const std::string& name : together->getNames())
                if (const Array::Ptr others = together->getArray(name); others && others->size() > 0)
                    text +=
                        wrapped("  together: ", printable(name) + " only with " + printable(others->get(0).toString()),
                                12, columns_);
        return text.empty() ? text : text + "\n";
    }

  private:
    // The schema behind a local $ref; keywords beside the reference are read from the property itself.
    Object::Ptr resolved(Object::Ptr schema) const {
        for (int i = 0; schema && schema->has("$ref") && i < max_depth; ++i) {
            const std::string path = schema->get("$ref").toString();
            const std::string start = "#/definitions/";
            const Object::Ptr definitions = root_->getObject("definitions");
            if (!path.starts_with(start) || !definitions)
                return schema;
            schema = definitions->getObject(path.substr(start.size()));
        }
        return schema;
    }

    // The object that an array holds, alone or among others; null if there is none.
    Object::Ptr item_object(const Object::Ptr& schema) const {
        const Object::Ptr items = schema ? resolved(schema->getObject("items")) : schema;
        if (!items || items->has("properties"))
            return items;
        if (const Array::Ptr branches = items->getArray("anyOf"))
            for (std::size_t i = 0; i < branches->size(); ++i)
                if (const Object::Ptr branch = resolved(branches->getObject(static_cast<unsigned>(i)));
                    branch && branch->has("properties"))
                    return branch;
        return {};
    }

    static bool is_required(const Object::Ptr& schema, const std::string& name) {
        const Array::Ptr required = schema->getArray("required");
        return required && std::any_of(required->begin(), required->end(),
                                       [&](const Var& word) { return word.isString() && word.toString() == name; });
    }

    static std::string limits(const Object::Ptr& schema) {
        const bool from = schema->has("minimum");
        const bool to = schema->has("maximum");
        if (from && to)
            return " " + to_json(schema->get("minimum")) + " to " + to_json(schema->get("maximum"));
        if (from)
            return " from " + to_json(schema->get("minimum"));
        return to ? " up to " + to_json(schema->get("maximum")) : "";
    }

    static std::string word(const Var& value) { return value.isString() ? value.toString() : to_json(value); }

    std::string types_of_branches(const Array::Ptr& branches, int depth) const {
        std::vector<std::string> words;
        for (std::size_t i = 0; i < branches->size(); ++i)
            if (const Object::Ptr branch = branches->getObject(static_cast<unsigned>(i)))
                if (const std::string type = type_of(branch, depth + 1);
                    !type.empty() && std::find(words.begin(), words.end(), type) == words.end())
                    words.push_back(type);
        return joined(words, " or ");
    }

    std::string type_of(const Object::Ptr& property, int depth = 0) const {
        const Object::Ptr schema = resolved(property);
        if (!schema || depth > max_depth)
            return {};
        if (schema->has("title") && schema.get() != root_.get())
            return word(schema->get("title")); // a type that has a name of its own
        if (const Array::Ptr words = schema->getArray("enum")) {
            std::vector<std::string> texts;
            for (const Var& value : *words)
                texts.push_back(word(value));
            return joined(texts, " | ");
        }
        if (schema->has("const"))
            return word(schema->get("const"));
        for (const char* key : {"anyOf", "oneOf"})
            if (const Array::Ptr branches = schema->getArray(key))
                return types_of_branches(branches, depth);
        const std::string type = schema->has("type") ? word(schema->get("type")) : "any";
        const Object::Ptr items = type == "array" ? resolved(schema->getObject("items")) : Object::Ptr();
        if (items && items->has("type") && items->get("type").isString())
            return "array of " + type_of(items, depth + 1);
        return (type == "string" ? "text" : type) + limits(schema);
    }

    std::string from_either(const Object::Ptr& property, const char* key) const {
        if (property->has(key))
            return to_json(property->get(key));
        const Object::Ptr target = resolved(property);
        return target && target->has(key) ? to_json(target->get(key)) : std::string();
    }

    std::string block(const std::string& name, const Object::Ptr& property, bool required) const {
        std::string type = printable(type_of(property));
        const std::string standard = from_either(property, "default");
        if (required)
            type += "; required";
        else if (!standard.empty())
            type += "; default " + printable(standard);
        std::string text = wrapped("  " + printable(name) + "  ", type, 6, columns_);
        if (property->has("description"))
            text += wrapped("      ", printable(word(property->get("description"))), 6, columns_);
        if (const Array::Ptr examples = property->getArray("examples"))
            for (const Var& example : *examples)
                text += wrapped("      example: ", json_words(example), 15, columns_);
        return text;
    }

    const Object::Ptr root_;
    const std::size_t columns_;
};

} // namespace

std::string option_help(const Object::Ptr& schema, std::size_t columns) {
    const Help help(schema, columns);
    return help.choices() + help.of(schema, {}, 0);
}

std::string output_help(const Object::Ptr& schema, std::size_t columns) {
    std::string text;
    if (const Object::Ptr outputs = schema->getObject("x-outputs"))
        for (const std::string& name : outputs->getNames())
            text += wrapped("  " + printable(name) + "  ", printable(outputs->get(name).toString()), 6, columns);
    return text;
}

std::string example_help(const std::string& task, const Object::Ptr& schema, std::size_t columns) {
    std::string text;
    if (const Array::Ptr examples = schema->getArray("examples"))
        for (std::size_t i = 0; i < examples->size(); ++i)
            if (const Object::Ptr with = examples->getObject(static_cast<unsigned>(i))) {
                std::string command = command_for_task(task, *with, {});
                if (command.size() + 2 > columns)
                    for (std::size_t at = 0; (at = command.find(" --set ", at)) != std::string::npos; at += 8)
                        command.replace(at, 1, " \\\n    ");
                text += "  " + command + "\n";
            }
    return text;
}

} // namespace ferry
