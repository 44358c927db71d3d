// Reading the fields of a JSON object that somebody else has made.
#pragma once

#include "base/status.hpp"
#include "document/strict_json.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

// A view of one object; never throws. A field of another type, or out of bounds, is as good as absent.
class JsonFields {
  public:
    static Result<JsonFields> parse(const std::string& body);
    static std::optional<JsonFields> from(const Poco::Dynamic::Var& value);

    bool has(const std::string& key) const; // and it is not null
    // Of 1 to `limit` bytes.
    std::optional<std::string> text(const std::string& key, std::size_t limit) const;
    // The same, and fit for a header line or a URL: visible ASCII only.
    std::optional<std::string> word(const std::string& key, std::size_t limit) const;
    std::optional<std::int64_t> integer(const std::string& key) const; // a bool is none
    std::optional<bool> boolean(const std::string& key) const;
    std::optional<JsonFields> object(const std::string& key) const;
    Poco::JSON::Array::Ptr array(const std::string& key) const; // null if it is none
    const Poco::JSON::Object& raw() const { return *object_; }

  private:
    explicit JsonFields(Poco::JSON::Object::Ptr object) : object_(std::move(object)) {}
    Poco::JSON::Object::Ptr object_;
};

std::optional<std::int64_t> integer_of(const Poco::Dynamic::Var& value);
std::optional<std::string> string_of(const Poco::Dynamic::Var& value);

} // namespace ferry
