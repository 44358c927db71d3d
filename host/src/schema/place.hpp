// A place in a document, seen through its schema before the value there is known.
#pragma once

#include "schema/json_value.hpp"
#include "schema/validator.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ferry {

// Cheap to copy. Keeps its validator alive.
class Place {
  public:
    // The whole document.
    explicit Place(std::shared_ptr<const Validator> validator);

    Place child(const std::string& key) const;
    Place item(std::size_t index) const;

    // True if a value like that may stand here, as far as this place alone decides; true where no schema speaks.
    bool admits(const Json& value) const;
    // True if a text here is of that `format`, as far as this place alone decides.
    bool has_format(const std::string& format) const;
    // The text that a keyword has here, of the first schema that has it; empty if none has.
    std::string keyword(const std::string& name) const;
    // A value that may stand here, for one that is not known yet: the first that is admitted of the schema's examples,
    // default and allowed values, then the simplest of its types. An empty text if nothing else is found.
    Json sample() const;

  private:
    Place(std::shared_ptr<const Validator> validator, std::vector<Json> schemas);

    std::shared_ptr<const Validator> validator_;
    std::vector<Json> schemas_; // any one of them applies, but which is open; empty: none speaks
};

} // namespace ferry
