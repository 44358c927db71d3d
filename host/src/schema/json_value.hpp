// POCO's JSON values as the schema code sees them: kinds, copies, equality, pointers.
#pragma once

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry {

using Json = Poco::Dynamic::Var;
using JsonObject = Poco::JSON::Object;
using JsonArray = Poco::JSON::Array;

enum class JsonKind { null, boolean, integer, number, text, array, object };

JsonKind kind_of(const Json& value);
// Null if the value is of another kind.
JsonObject::Ptr object_of(const Json& value);
JsonArray::Ptr array_of(const Json& value);
// The value of `key`; an empty Var (null) if there is none.
Json member(const JsonObject& object, const std::string& key);
// Empty if the value is no text.
std::string text_of(const Json& value);
bool is_true(const Json& value); // the boolean true

JsonObject::Ptr new_object(); // keeps the order of its keys

// POCO's copies share what is inside; this one shares nothing.
Json deep_copy(const Json& value);
// By value; the order of keys does not matter, and 1 equals 1.0.
bool json_equal(const Json& left, const Json& right);

// RFC 6901.
std::string child_pointer(const std::string& pointer, std::string_view key);
std::string child_pointer(const std::string& pointer, std::size_t index);
// True if `pointer` is `base` or lies below it.
bool is_at_or_below(std::string_view pointer, std::string_view base);

// A value in a message: short and printable.
std::string describe_value(const Json& value);
std::string in_quotes(std::string_view text); // in double quotes, printable, cut to 100 bytes

} // namespace ferry
