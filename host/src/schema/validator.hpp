// JSON Schema (draft 7): every problem of a document at once, in words.
#pragma once

#include "diagnostic.hpp"

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

// Why a schema cannot be used (it comes from a plugin and may be broken), in one sentence; nullopt if it can.
std::optional<std::string> schema_problem(const Poco::JSON::Object::Ptr& schema);

// A compiled schema. Immutable, so any number of threads may check with it at once.
class Validator {
  public:
    // `schema` must have no schema_problem(); else every check answers that problem.
    explicit Validator(Poco::JSON::Object::Ptr schema);
    ~Validator();
    Validator(const Validator&) = delete;
    Validator& operator=(const Validator&) = delete;

    const Poco::JSON::Object::Ptr& schema() const { return schema_; }

    // All problems of `instance`; empty if the schema admits it. `file` and `pointer` say where the instance stands:
    // they begin each diagnostic's own. Never throws.
    Diagnostics check(const Poco::Dynamic::Var& instance, const std::string& file = {},
                      const std::string& pointer = {}) const;

    // True if `schema`, a part of schema(), admits the value there.
    bool admits(const Poco::Dynamic::Var& schema, const Poco::Dynamic::Var& value) const;

  private:
    struct Compiled;
    Poco::JSON::Object::Ptr schema_;
    std::unique_ptr<const Compiled> compiled_; // null: the schema is broken
    std::string broken_;
};

} // namespace ferry
