// Short ways into and out of POCO's JSON values.
#pragma once

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry::platform {

using Json = Poco::Dynamic::Var;
using JsonObject = Poco::JSON::Object;
using JsonArray = Poco::JSON::Array;

JsonObject::Ptr new_object(); // keeps the order of its keys
JsonArray::Ptr new_array();

JsonObject::Ptr as_object(const Json& value); // null if it is none
JsonArray::Ptr as_array(const Json& value);
std::optional<std::string> as_text(const Json& value);
std::optional<std::int64_t> as_integer(const Json& value); // no booleans, no fractions
std::optional<bool> as_bool(const Json& value);

// As above, of a key; empty too if the key is missing.
std::optional<std::string> text_of(const JsonObject& object, const std::string& key);
std::optional<std::int64_t> integer_of(const JsonObject& object, const std::string& key);
bool has_value(const JsonObject& object, const std::string& key); // there and not null

JsonObject::Ptr to_object(const std::map<std::string, std::string>& map);
JsonArray::Ptr to_array(const std::vector<std::string>& list);

} // namespace ferry::platform
