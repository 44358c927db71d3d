// A task's options as text for people, from its JSON Schema.
#pragma once

#include <Poco/JSON/Object.h>

#include <string>

namespace ferry {

// One block an option: name, type, default, description, examples; nested objects with dotted names.
std::string option_help(const Poco::JSON::Object::Ptr& schema);

} // namespace ferry
