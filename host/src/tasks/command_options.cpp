#include "tasks/command_options.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

namespace ferry {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

std::string escaped(const std::string& key) {
    std::string text;
    for (const char c : key)
        text += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return text;
}

class Reader {
  public:
    Reader(Object::Ptr object, Diagnostics& diagnostics) : object_(std::move(object)), diagnostics_(diagnostics) {}

    CommandOptions read() {
        CommandOptions options;
        words(object_->get("command"), "/command", options.command);
        if (options.command.empty())
            problem("/command", "no words", "the program and its arguments");
        else if (options.command.front().empty())
            problem("/command/0", "an empty program", "needed: the name or path of a program");
        options.cwd = text("cwd").value_or(options.cwd);
        options.input = text("stdin").value_or(options.input);
        options.output = text("stdout");
        options.error = text("stderr");
        read_environment(options.env);
        read_inputs(options.inputs);
        read_outputs(options.outputs);
        return options;
    }

  private:
    void problem(const std::string& pointer, const std::string& found, const std::string& allowed) {
        Diagnostic made;
        made.pointer = pointer;
        made.found = found;
        made.allowed = allowed;
        diagnostics_.push_back(std::move(made));
    }

    // A word as the operating system takes it: a text as it is, numbers and truth values as JSON writes them.
    std::string word(const Var& value, const std::string& pointer) {
        std::string result = value.isString() ? value.extract<std::string>() : to_json(value);
        if (result.find('\0') != std::string::npos)
            problem(pointer, "a NUL character", "text without NUL characters");
        return result;
    }

    std::optional<std::string> text(const char* key) {
        if (!object_->has(key))
            return std::nullopt;
        return word(object_->get(key), std::string("/") + key);
    }

    void words(const Var& value, const std::string& pointer, std::vector<std::string>& to) {
        if (value.type() != typeid(Array::Ptr)) {
            to.push_back(word(value, pointer));
            return;
        }
        std::size_t index = 0;
        for (const Var& element : *value.extract<Array::Ptr>())
            words(element, pointer + "/" + std::to_string(index++), to);
    }

    Object::Ptr object(const char* key) {
        const Object::Ptr found = object_->getObject(key);
        return found ? found : Object::Ptr(new Object);
    }

    void read_environment(EnvironmentChanges& env) {
        const Object::Ptr found = object("env");
        for (const auto& [name, value] : *found) {
            const std::string pointer = "/env/" + escaped(name);
            if (name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
                problem(pointer, "the name '" + printable(name) + "'", "a variable's name without '=' and NUL");
            env[name] = value.isEmpty() ? std::nullopt : std::optional(word(value, pointer));
        }
    }

    void add_inputs(const std::string& label, const Var& value, const std::string& pointer,
                    std::vector<std::pair<std::string, std::string>>& inputs) {
        std::vector<std::string> paths;
        words(value, pointer, paths);
        for (std::string& path : paths)
            inputs.emplace_back(label, std::move(path));
    }

    void read_inputs(std::vector<std::pair<std::string, std::string>>& inputs) {
        const Var value = object_->get("inputs");
        if (value.type() == typeid(Array::Ptr)) {
            add_inputs("input", value, "/inputs", inputs);
            return;
        }
        const Object::Ptr found = object("inputs");
        for (const auto& [name, paths] : *found)
            add_inputs("input '" + printable(name) + "'", paths, "/inputs/" + escaped(name), inputs);
    }

    void read_outputs(std::vector<std::pair<std::string, std::string>>& outputs) {
        const Object::Ptr found = object("outputs");
        for (const auto& [name, path] : *found) {
            const std::string pointer = "/outputs/" + escaped(name);
            if (name == "exit_code")
                problem(pointer, "the name exit_code", "another name: ferry itself sets the output exit_code");
            outputs.emplace_back(name, word(path, pointer));
        }
    }

    Object::Ptr object_;
    Diagnostics& diagnostics_;
};

} // namespace

CommandOptions read_command_options(std::string_view json, Diagnostics& diagnostics) {
    const JsonResult parsed = parse_json(json);
    const auto* value = std::get_if<Var>(&parsed);
    if (!value || value->type() != typeid(Object::Ptr)) {
        Diagnostic whole;
        whole.found = "no JSON object";
        whole.allowed = "the options of a command as a JSON object";
        diagnostics.push_back(std::move(whole));
        return {};
    }
    return Reader(value->extract<Object::Ptr>(), diagnostics).read();
}

} // namespace ferry
