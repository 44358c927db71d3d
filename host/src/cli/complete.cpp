#include "cli/complete.hpp"

#include "cli/option_tables.hpp"
#include "document/text.hpp"
#include "schema/describe_schema.hpp"
#include "schema/schema_walk.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace ferry {
namespace {

namespace po = boost::program_options;

constexpr std::size_t longest_about = 70;

// A name from a file or plugin is typed into somebody's shell: only what no shell takes for anything else.
bool is_plain(const std::string& word) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
    return !word.empty() && word.find_first_not_of(plain) == std::string::npos;
}

struct Typed {
    std::vector<std::string> positionals;
    std::set<std::string> options;          // names without dashes
    std::vector<std::string> set_keys;      // of --set and --var
    std::optional<std::string> needs_value; // the option that the next word is the value of
};

class Completer {
  public:
    Completer(const std::vector<std::string>& words, const CompletionSources& sources)
        : sources_(sources)
        , current_(words.empty() ? std::string() : words.back())
        , before_(words.begin(), words.end() - (words.empty() ? 0 : 1)) {}

    Completion run() {
        if (before_.empty()) {
            commands();
            return std::move(found_);
        }
        for (const CommandTable& table : command_tables())
            if (table.name == before_.front())
                argument_of(table);
        return std::move(found_);
    }

  private:
    void add(const std::string& word, const std::string& about = {}) {
        if (is_plain(word) && word.starts_with(current_))
            found_.candidates.push_back({word, printable(about, longest_about)});
    }

    void commands() {
        for (const CommandTable& table : command_tables())
            add(table.name, table.summary);
        add("--help", "what ferry can do");
        add("--version", "which one it is");
    }

    void argument_of(const CommandTable& table) {
        const po::options_description options = options_of(table);
        read_words(options);
        const std::size_t equals = current_.find('=');
        if (typed_.needs_value)
            value_of(*typed_.needs_value, options, "");
        else if (current_.starts_with("--") && equals != std::string::npos)
            value_of(current_.substr(2, equals - 2), options, current_.substr(0, equals + 1));
        else if (current_.starts_with('-') || !typed_.positionals.empty())
            names_of(options);
        else
            positional(table);
    }

    void read_words(const po::options_description& options) {
        for (std::size_t i = 1; i < before_.size(); ++i) {
            const std::string& word = before_[i];
            if (!word.starts_with("--")) {
                typed_.positionals.push_back(word);
                continue;
            }
            const std::size_t equals = word.find('=');
            const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
            typed_.options.insert(name);
            const po::option_description* option = options.find_nothrow(name, false);
            if (!option || !takes_value(*option))
                continue;
            const bool own = equals == std::string::npos; // the value is a word of its own
            if (own && i + 1 == before_.size()) {
                typed_.needs_value = name;
                return;
            }
            const std::string value = own ? before_[++i] : word.substr(equals + 1);
            if (is_repeatable(*option))
                typed_.set_keys.push_back(value.substr(0, value.find('=')));
        }
    }

    void names_of(const po::options_description& options) {
        for (const auto& option : options.options())
            if (is_repeatable(*option) || !typed_.options.count(option->long_name()))
                add("--" + option->long_name(), option->description());
    }

    void positional(const CommandTable& table) {
        if (table.positional_name == "workflow")
            found_.kind = Completion::Kind::files;
        else if (table.positional_name == "task")
            tasks();
        else
            for (const std::string& word : words_for(table.positional_name))
                add(word);
    }

    void tasks() {
        for (const Candidate& task : sources_.tasks())
            add(task.word, task.about);
    }

    // `start`: what stands before the value in the same word.
    void value_of(const std::string& name, const po::options_description& options, const std::string& start) {
        const po::option_description* option = options.find_nothrow(name, false);
        if (!option || !takes_value(*option))
            return;
        const std::string kind = option->semantic()->name();
        if (const auto& words = words_for(name); !words.empty())
            for (const std::string& word : words)
                add(start + word);
        else if (kind == "NAME=VALUE")
            variable(start);
        else if (kind == "KEY=VALUE")
            task_option(start);
        else if (kind == "STEP")
            steps(start);
        else if (kind == "DIR")
            paths(Completion::Kind::folders, start);
        else if (kind.starts_with("FILE") || kind.find('.') != std::string::npos) // "ROWS.csv", "FILE.html"
            paths(Completion::Kind::files, start);
        else if (kind.ends_with("|slurm"))
            add(start + "slurm", "what the job array says");
    }

    void paths(Completion::Kind kind, const std::string& kept) {
        found_.kind = kind;
        found_.kept = kept;
    }

    JsonObject::Ptr workflow() const {
        return typed_.positionals.empty() ? JsonObject::Ptr() : sources_.workflow(typed_.positionals.front());
    }

    bool is_set(const std::string& key) const {
        return std::find(typed_.set_keys.begin(), typed_.set_keys.end(), key) != typed_.set_keys.end();
    }

    // The part of the word behind `start` up to its "=", if it has one.
    std::optional<std::string> key_of(const std::string& start) const {
        const std::size_t equals = current_.find('=', start.size());
        if (equals == std::string::npos)
            return std::nullopt;
        return current_.substr(start.size(), equals - start.size());
    }

    void variable(const std::string& start) {
        if (const auto name = key_of(start))
            return paths(Completion::Kind::files, start + *name + "=");
        const auto document = workflow();
        const auto vars = document ? object_of(document->get("vars")) : document;
        found_.kind = Completion::Kind::open_words;
        for (const std::string& name : vars ? vars->getNames() : JsonObject::NameList())
            if (!is_set(name))
                add(start + name + "=", kind_of(vars->get(name)) == JsonKind::null
                                            ? "must be given"
                                            : "else " + describe_value(vars->get(name)));
    }

    void steps(const std::string& start) {
        const auto document = workflow();
        const auto list = document ? array_of(document->get("steps")) : JsonArray::Ptr();
        for (std::size_t i = 0; list && i < list->size(); ++i)
            if (const auto step = object_of(list->get(static_cast<unsigned>(i))))
                add(start + text_of(step->get("id")), text_of(step->get("task")));
    }

    void task_option(const std::string& start) {
        const auto schema =
            typed_.positionals.empty() ? JsonObject::Ptr() : sources_.schema(typed_.positionals.front());
        if (!schema)
            return;
        if (const auto key = key_of(start))
            return option_value(schema, *key, start + *key + "=");
        found_.kind = Completion::Kind::open_words;
        keys(schema, schema, start, {});
    }

    void keys(const JsonObject::Ptr& root, const JsonObject::Ptr& schema, const std::string& start,
              const std::string& prefix) {
        const auto properties = object_of(schema->get("properties"));
        for (const std::string& name : properties ? properties->getNames() : JsonObject::NameList()) {
            const auto property = object_of(properties->get(name));
            if (!property)
                continue;
            if (!is_set(prefix + name))
                add(start + prefix + name + "=", text_of(property->get("description")));
            const auto target = object_of(dereference(root, properties->get(name)));
            if (target && target->has("properties") && prefix.empty()) // one level: a schema may refer to itself
                keys(root, target, start, name + ".");
        }
    }

    void option_value(const JsonObject::Ptr& root, const std::string& key, const std::string& start) {
        Json place = root;
        for (std::size_t begin = 0; begin <= key.size();) {
            const std::size_t end = std::min(key.find('.', begin), key.size());
            const auto schema = object_of(dereference(root, place));
            const auto properties = schema ? object_of(schema->get("properties")) : schema;
            if (!properties || !properties->has(key.substr(begin, end - begin)))
                return;
            place = properties->get(key.substr(begin, end - begin));
            begin = end + 1;
        }
        const auto schema = object_of(dereference(root, place));
        if (!schema)
            return;
        const std::string path = text_of(schema->get("x-completion"));
        if (path == "folder")
            return paths(Completion::Kind::folders, start);
        if (path == "file" || schema->has("x-file"))
            return paths(Completion::Kind::files, start);
        for (const std::string& word : named_values(root, place))
            add(start + word);
        if (text_of(schema->get("type")) == "boolean")
            for (const char* word : {"true", "false"})
                add(start + word);
    }

    const CompletionSources& sources_;
    const std::string current_;
    const std::vector<std::string> before_;
    Typed typed_;
    Completion found_;
};

const char* name_of(Completion::Kind kind) {
    switch (kind) {
    case Completion::Kind::open_words:
        return "open-words";
    case Completion::Kind::files:
        return "files";
    case Completion::Kind::folders:
        return "folders";
    default:
        return "words";
    }
}

} // namespace

Completion complete(const std::vector<std::string>& words, const CompletionSources& sources) {
    return Completer(words, sources).run();
}

std::string to_text(const Completion& completion) {
    std::string text = std::string(name_of(completion.kind)) + "\t" + printable(completion.kept) + "\n";
    for (const Candidate& candidate : completion.candidates)
        text += candidate.word + "\t" + candidate.about + "\n";
    return text;
}

} // namespace ferry
