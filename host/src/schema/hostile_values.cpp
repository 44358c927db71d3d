#include "schema/hostile_values.hpp"

#include "document/text.hpp"

namespace ferry {

namespace {

constexpr std::size_t kLongestKey = 1024;
constexpr int kDeepest = 100;

struct Finder {
    const std::string& file;
    Diagnostics& problems;

    void say(const std::string& pointer, std::string found, std::string allowed) {
        problems.push_back({file, pointer, 0, 0, std::move(found), std::move(allowed), false});
    }

    void key(const std::string& name, const std::string& pointer) {
        if (name.find('\0') != std::string::npos)
            say(pointer, "a key with a zero byte", "allowed: keys without");
        if (!is_utf8(name))
            say(pointer, "the key " + in_quotes(name) + ", which is not UTF-8", "allowed: UTF-8");
        if (name.size() > kLongestKey)
            say(pointer, "a key of " + std::to_string(name.size()) + " bytes",
                "allowed: keys of at most " + std::to_string(kLongestKey) + " bytes");
    }

    void text(const std::string& value, const std::string& pointer) {
        if (value.find('\0') != std::string::npos)
            say(pointer, "text with a zero byte", "allowed: text without");
        if (!is_utf8(value))
            say(pointer, in_quotes(value) + ", which is not UTF-8", "allowed: UTF-8");
    }

    void scalar(const Json& value, const std::string& pointer) {
        if (kind_of(value) == JsonKind::text)
            text(value.convert<std::string>(), pointer);
        if (kind_of(value) == JsonKind::integer && !value.isSigned() &&
            value.convert<Poco::UInt64>() > static_cast<Poco::UInt64>(INT64_MAX))
            say(pointer, describe_value(value), "allowed: integers up to 9223372036854775807");
    }

    void at(const Json& value, const std::string& pointer, int depth) {
        if (depth > kDeepest)
            return say(pointer, "nesting deeper than " + std::to_string(kDeepest), "allowed: less");
        if (const auto object = object_of(value)) {
            for (const std::string& name : object->getNames()) {
                key(name, pointer);
                at(object->get(name), child_pointer(pointer, name), depth + 1);
            }
        } else if (const auto array = array_of(value)) {
            std::size_t index = 0;
            for (const Json& item : *array)
                at(item, child_pointer(pointer, index++), depth + 1);
        } else {
            scalar(value, pointer);
        }
    }
};

} // namespace

void find_hostile_values(const Json& value, const std::string& file, const std::string& pointer,
                         Diagnostics& problems) {
    Finder{file, problems}.at(value, pointer, 0);
}

} // namespace ferry
