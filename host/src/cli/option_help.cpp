#include "cli/option_help.hpp"

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

class Help {
  public:
    explicit Help(Object::Ptr root) : root_(std::move(root)) {}

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
        }
        return text;
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
        return (type == "string" ? "text" : type) + limits(schema);
    }

    std::string from_either(const Object::Ptr& property, const char* key) const {
        if (property->has(key))
            return to_json(property->get(key));
        const Object::Ptr target = resolved(property);
        return target && target->has(key) ? to_json(target->get(key)) : std::string();
    }

    std::string block(const std::string& name, const Object::Ptr& property, bool required) const {
        std::string text = "  " + printable(name) + "  " + printable(type_of(property));
        const std::string standard = from_either(property, "default");
        if (required)
            text += "; required";
        else if (!standard.empty())
            text += "; default " + printable(standard);
        text += "\n";
        if (property->has("description"))
            text += "      " + printable(word(property->get("description"))) + "\n";
        if (const Array::Ptr examples = property->getArray("examples"))
            for (const Var& example : *examples)
                text += "      example: " + printable(to_json(example)) + "\n";
        return text;
    }

    const Object::Ptr root_;
};

} // namespace

std::string option_help(const Object::Ptr& schema) {
    return Help(schema).of(schema, {}, 0);
}

} // namespace ferry
